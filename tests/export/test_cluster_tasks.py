"""What goes to workers of a cluster and back: plain text, from which all of it comes again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scseg import __version__
from scseg.base.rect import Rect
from scseg.export.cluster import tasks
from scseg.export.planning import ExportItem
from scseg.export.settings import ExportSettings, TomogramWord

TASK = tasks.ClusterTask(
    item=ExportItem(Path("/tomos/ä\udcff.mrc"), Path("/m/g.scnmgroup"), ("a.scnm",)),
    folder=Path("/out"),
    settings=ExportSettings(
        slices=(0, 2, 3),
        crop=Rect(1, 2, 3, 4),
        overlap=0.25,
        mode="whole",
        averaging=8,
        precision="float32",
        kind="mask",
        rules_3d=True,
        word=TomogramWord(1.25, None, signed=True),
        overwrite=True,
    ),
    way=tasks.Way(__version__, "openvino 1", "float32"),
    digests={"a.scnm": "00ff"},
    mark=Path("/out/.mark"),
    parts=(Path("/out/0-5"),),
)


def test_a_task_comes_back_from_plain_text():
    text = tasks.task_text(TASK)
    assert text.isascii()
    assert tasks.task_from_text(text) == TASK
    assert tasks.is_of_this_program(text)


@pytest.mark.parametrize(
    "answer",
    [
        tasks.Answer(),
        tasks.Answer(("a", "b"), ("c",), "an error", "a refusal", stopped=True, notices=("told",)),
    ],
)
def test_an_answer_comes_back_from_plain_text(answer):
    assert tasks.answer_from_text(tasks.answer_text(answer)) == answer


@pytest.mark.parametrize("gpu", [True, False])
def test_a_way_comes_back_from_plain_text(gpu):
    assert tasks.way_from_text(tasks.way_text(TASK.way, gpu=gpu)) == (TASK.way, gpu)


def test_a_task_of_another_version_is_known_whatever_else_it_says():
    said = {"way": {"program": "99.0"}, "of": "which nothing is known"}
    assert not tasks.is_of_this_program(json.dumps(said))
