"""`scseg check`, as a user calls it."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from scseg.api import checking
from scseg.base.labels import IGNORE
from tests.cli.commands import scseg
from tests.fakes.checked import boxes_of, emptied, written


@pytest.fixture
def _fake(monkeypatch):
    fake = partial(checking.check_model, module="tests.fakes.worker")
    monkeypatch.setattr(checking, "check_model", fake)


@pytest.mark.usefixtures("_fake")
def test_check(capsys, tmp_path):
    model, boxes = written(tmp_path, emptied(boxes_of(12), 5))
    target = tmp_path / "boxes.csv"
    code, out, err = scseg(capsys, "check", model, boxes, "--rows", 3, "-o", target)
    assert code == 0, err
    assert "12 boxes that the model has learnt from" in out
    assert "best threshold 0." in out
    assert "calibration error 0." in out
    # With the table that it is the title of.
    assert "within 2 px (2.0 nm)" in err
    assert f"{target}: 12 boxes" in out
    assert "from 100 boxes on" in err
    with target.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    worst = boxes_of(12).positions[5]
    assert [int(rows[0][axis]) for axis in "zyx"] == worst.tolist()
    assert " ".join(map(str, worst)) in err


@pytest.mark.usefixtures("_fake")
def test_a_set_that_is_not_for_the_model(capsys, tmp_path):
    model, boxes = written(tmp_path, boxes_of(3), apix=20.0)
    code, _, err = scseg(capsys, "check", model, boxes)
    assert code == 1
    assert "20.000 A per pixel" in err


@pytest.mark.usefixtures("_fake")
def test_the_table_takes_the_place_of_no_set_and_no_model(capsys, tmp_path):
    model, boxes = written(tmp_path, boxes_of(3))
    for path in (boxes, model, model.with_suffix(".h5")):
        before = path.read_bytes()
        with pytest.raises(SystemExit):
            scseg(capsys, "check", model, boxes, "-o", path)
        assert ".csv" in capsys.readouterr().err
        assert path.read_bytes() == before


@pytest.mark.usefixtures("_fake")
def test_where_all_is_ignored_that_is_told(capsys, tmp_path):
    boxes = boxes_of(1)
    model, path = written(tmp_path, replace(boxes, labels=np.full_like(boxes.labels, IGNORE)))
    code, out, _ = scseg(capsys, "check", model, path)
    assert code == 0
    assert "is ignored" in out
    assert "calibration error" not in out


@pytest.mark.usefixtures("_fake")
def test_no_set(capsys, tmp_path):
    model, boxes = written(tmp_path, boxes_of(3))
    code, _, err = scseg(capsys, "check", model, tmp_path / "none.scnt")
    assert code == 1
    assert "none.scnt" in err
    assert boxes.exists()
