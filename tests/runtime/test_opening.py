"""Files open by what they hold, whatever they are called."""

from __future__ import annotations

import shutil

import pytest

from scseg import api
from tests.export.exports import write_named_model, write_tomogram
from tests.fakes.headless import running, step_until


@pytest.mark.parametrize("kind", ["tomogram", "annotation", "model", "weights", "misnamed model"])
def test_each_kind_of_file_opens_by_its_content(tmp_path, kind):
    tomogram = write_tomogram(tmp_path / "t.mrc")
    model = write_named_model(tmp_path / "m.scnm", "Membrane")
    files = {"tomogram": tomogram, "model": model, "weights": model.with_suffix(".h5")}
    files["annotation"] = api.annotate(api.open_tomogram(tomogram), "Membrane", {})
    files["misnamed model"] = shutil.copy(model, tmp_path / "m.json")
    with running([files[kind]]) as program:
        session = program.session
        step_until(program, lambda: session.tomograms or session.models)
        if "model" in kind or kind == "weights":
            assert [each.description.name for each in session.models] == ["Membrane"]
        else:
            assert [row.tomogram.path for row in session.tomograms] == [tomogram]
        assert not [each for each in session.notices if each.level == "error"]


def test_an_annotation_without_its_tomogram_is_told(tmp_path):
    alone = tmp_path / "t.mrc.scna"
    shutil.copy("tests/formats/data/t.mrc.scna", alone)
    with running([alone]) as program:
        step_until(program, lambda: program.session.notices)
        assert "is not beside it" in program.session.notices[0].sentence


def test_what_is_opened_in_one_go_keeps_its_order(tmp_path):
    paths = [write_tomogram(tmp_path / f"{name}.mrc") for name in "cab"]
    with running(paths) as program:
        step_until(program, lambda: len(program.session.tomograms) == 3)
        assert [row.tomogram.path for row in program.session.tomograms] == paths
