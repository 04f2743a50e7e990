"""`scseg segment` with many tomograms and models: what is left out, kept, made again, and what fails."""

from __future__ import annotations

import io
import re
from functools import partial
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.compute.segmenter import Segmenter
from scseg.export import exporter
from tests.cli.commands import scseg
from tests.export.exports import FAKE, write_named_model, write_tomogram


@pytest.fixture
def count(tmp_path, monkeypatch):
    """Return a function that tells how many batches the network has had since it was last asked."""
    counted = tmp_path / "count"
    counted.touch()
    monkeypatch.setenv("SCSEG_FAKE_COUNT", str(counted))

    def taken():
        size = counted.stat().st_size
        counted.write_bytes(b"")
        return size

    return taken


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(exporter, "Segmenter", partial(Segmenter, FAKE))
    monkeypatch.chdir(tmp_path)
    write_named_model(tmp_path / "a.scnm", "Membrane")
    write_named_model(tmp_path / "b.scnm", "inverse")
    write_tomogram(tmp_path / "tomos" / "one.mrc", 1)
    write_tomogram(tmp_path / "tomos" / "two.rec", 2)
    (tmp_path / "tomos" / "notes.txt").write_text("notes")
    return tmp_path


MODELS = ("--model", "a.scnm", "--model", "b.scnm")
EXPECTED = ["one__Membrane.mrc", "one__inverse.mrc", "two__Membrane.mrc", "two__inverse.mrc"]


def volumes(folder):
    return {path.name: path.read_bytes() for path in Path(folder).glob("*__*.mrc")}


@pytest.mark.parametrize(
    "named",
    [("tomos",), ("tomos/*.[mr]*",), ("tomos/one.mrc", "tomos/*.rec"), ("tomos", "tomos/one.mrc")],
)
@pytest.mark.usefixtures("folder")
def test_folders_patterns_and_names_with_several_models(capsys, named):
    code, out, _ = scseg(capsys, "segment", *named, *MODELS, "-o", "out")
    assert code == 0
    assert [Path(line).name for line in out.splitlines()] == EXPECTED
    assert sorted(volumes("out")) == EXPECTED


@pytest.mark.usefixtures("folder")
def test_each_model_alone_says_what_it_says_by_itself(capsys):
    scseg(capsys, "segment", "tomos", *MODELS, "-o", "out")
    for model in ("a.scnm", "b.scnm"):
        scseg(capsys, "segment", "tomos/two.rec", "--model", model, "-o", "alone")
    for name, content in volumes("alone").items():
        assert content == volumes("out")[name]


@pytest.mark.usefixtures("folder")
def test_volumes_are_valid_and_their_statistics_those_of_the_data(capsys):
    scseg(capsys, "segment", "tomos", *MODELS, "-o", "out")
    for name in EXPECTED:
        told = io.StringIO()
        assert mrcfile.validate(f"out/{name}", print_file=told), told.getvalue()
        with mrcfile.open(f"out/{name}") as mrc:
            data, header = mrc.data.astype(np.float64), mrc.header
            assert (header.dmin, header.dmax) == (data.min(), data.max())
            assert header.dmean == pytest.approx(data.mean(), rel=1e-6)
            assert header.rms == pytest.approx(data.std(), rel=1e-6)
            assert str(mrc.get_labels()[1]).startswith("scseg digest ")


@pytest.mark.parametrize("named", ["tomos", "tomos/*.*", "expanded"])
@pytest.mark.usefixtures("folder")
def test_what_this_program_wrote_is_left_out_and_kept(capsys, count, named):
    scseg(capsys, "segment", "tomos", *MODELS, "-o", "tomos")
    assert count()
    before = volumes("tomos")
    names = [named] if named != "expanded" else sorted(map(str, Path("tomos").glob("*.[mr]*")))
    code, out, err = scseg(capsys, "segment", *names, *MODELS, "-o", "tomos")
    assert code == 0
    assert count() == 0
    assert volumes("tomos") == before
    assert "files that this program has written: left out" in err
    assert err.count("is there already") == 4
    assert len(out.splitlines()) == 4


@pytest.mark.usefixtures("folder")
def test_what_is_there_is_made_anew_where_it_would_differ_or_on_request(capsys, count):
    arguments = ("segment", "tomos/one.mrc", "--model", "a.scnm", "-o", "out")
    scseg(capsys, *arguments)
    before, cost = volumes("out"), count()
    assert scseg(capsys, *arguments, "--overlap", "0.5")[0] == 0
    assert count()
    assert volumes("out") != before
    assert scseg(capsys, *arguments)[0] == 0
    assert count() == cost
    assert volumes("out") == before
    assert scseg(capsys, *arguments, "--overwrite")[0] == 0
    assert count() == cost
    assert volumes("out") == before


@pytest.mark.usefixtures("folder")
def test_a_lost_record_comes_back_without_predicting(capsys, count):
    arguments = ("segment", "tomos/one.mrc", "--model", "a.scnm", "-o", "out")
    scseg(capsys, *arguments)
    record = Path("out/one__Membrane.mrc.json")
    before = record.read_bytes()
    record.unlink()
    count()
    scseg(capsys, *arguments)
    assert count() == 0
    assert record.read_bytes() == before


@pytest.mark.usefixtures("folder")
def test_ten_of_which_two_are_bad(capsys):
    for number in range(10):
        write_tomogram(Path(f"ten/t{number}.mrc"), number)
    Path("ten/t3.mrc").write_text("a letter to the editor " * 100)
    content = Path("ten/t7.mrc").read_bytes()
    Path("ten/t7.mrc").write_bytes(content[: len(content) // 2])
    code, out, err = scseg(capsys, "segment", "ten", "--model", "a.scnm", "-o", "out")
    assert code == 1
    good = [number for number in range(10) if number not in (3, 7)]
    assert sorted(volumes("out")) == [f"t{number}__Membrane.mrc" for number in good]
    assert len(out.splitlines()) == 8
    table = "".join(err[err.index("result") :].split())
    assert table.count("failed:") == 2
    assert table.count("1filewritten") == 8
    assert "t3.mrcisnotanMRCfile" in table
    assert "t7.mrcistruncated" in table


@pytest.mark.usefixtures("folder")
def test_one_that_fails_at_work_does_not_end_the_others(capsys):
    write_named_model(Path("d.scnm"), "dies")
    arguments = ("segment", "tomos", "--model", "d.scnm", "--model", "a.scnm", "-o", "out")
    code, _, err = scseg(capsys, *arguments)
    assert code == 1
    assert sorted(volumes("out")) == ["one__Membrane.mrc", "two__Membrane.mrc"]
    assert "stopped twice at it" in err
    assert not list(Path("out").glob(".*"))


@pytest.mark.usefixtures("folder")
def test_a_foreign_file_in_the_place_of_a_record_is_never_touched(capsys):
    Path("out").mkdir()
    foreign = Path("out/one__Membrane.mrc.json")
    foreign.write_text('{"of": "another program"}')
    code, _, err = scseg(capsys, "segment", "tomos/one.mrc", "--model", "a.scnm", "-o", "out")
    assert code == 1
    assert "move it away" in err
    assert foreign.read_text() == '{"of": "another program"}'
    assert list(Path("out").iterdir()) == [foreign]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("empty", "--model", "a.scnm"), "There is no tomogram in empty"),
        (("no/*.mrc", "--model", "a.scnm"), "There is no tomogram in no/*.mrc"),
        (("tomos", "--model", "a.scnm", "--model", "c.scnm"), "different names"),
    ],
)
def test_what_cannot_be_meant_is_told(capsys, folder, arguments, words):
    (folder / "empty").mkdir()
    write_named_model(folder / "c.scnm", "Membrane")
    code, out, err = scseg(capsys, "segment", *arguments, "-o", "out")
    assert (code, out) == (1, "")
    assert words in err


@pytest.mark.usefixtures("folder")
def test_too_little_space_is_told_before_anything_starts(capsys, count, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 20_000})())
    code, _, err = scseg(capsys, "segment", "tomos", *MODELS, "-o", "out")
    assert code == 1
    assert "free some space" in err
    assert count() == 0
    assert not volumes("out")


@pytest.mark.usefixtures("folder")
def test_info_tells_all_that_a_volume_depends_on(capsys):
    scseg(capsys, "segment", "tomos/one.mrc", "--model", "a.scnm", "-o", "out", "--slices", "1-3")
    code, out, _ = scseg(capsys, "info", "out/one__Membrane.mrc")
    assert code == 0
    for words in ("prediction", "digest", "record slices", "1-3", "weights_sha256", "file one.mrc"):
        assert words in out
    Path("out/one__Membrane.mrc.json").unlink()
    assert re.search("record +unknown", scseg(capsys, "info", "out/one__Membrane.mrc")[1])
