"""The digest of a volume is that of all its values depend on, and of nothing else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.base.rect import Rect
from scseg.compute.messages import ModelRef
from scseg.compute.segmentation_jobs import (
    JointSegmentation,
    single_model,
)
from scseg.compute.volume_records import (
    check_record_place,
    read_record,
    record_path,
    volume_records,
    write_record,
)
from scseg.datasets.tomogram import open_tomogram
from scseg.interactions.rules import InteractionSettings, Rule
from tests.fakes.jobs import segmentation_of
from tests.fakes.models import write_model

SHAPE = (6, 40, 50)


@pytest.fixture
def path(tmp_path, rng):
    path = tmp_path / "t.mrc"
    with mrcfile.new(path) as mrc:
        mrc.set_data(rng.normal(5, 2, SHAPE).astype(np.float32))
        mrc.voxel_size = 10.0
    return path


def job_for(path, **changes):
    return segmentation_of(path, write_model(path.parent, **changes), kind="int8")


def digest(ensemble, engine="openvino 1", model=None):
    record = volume_records(ensemble, engine)[model or ensemble.written[0]]
    return record["digest"]


def test_paths_dates_and_names_of_files_do_not_count(path, tmp_path):
    other = tmp_path / "elsewhere" / "other name.mrc"
    other.parent.mkdir()
    shutil.copyfile(path, other)
    jobs = [job_for(path), job_for(other)]
    assert len({digest(single_model(job)) for job in jobs}) == 1
    called = JointSegmentation({"some id": jobs[0]}, ("some id",))
    assert digest(called) == digest(single_model(jobs[1]))


CHANGES = {
    "slices": range(5),
    "overlap": 0.3,
    "kind": "float32",
    "mode": "whole",
    "averaging": 2,
    "region": Rect(0, 0, 10, 10),
    "precision": "bfloat16",
}


def test_each_setting_counts(path):
    job = job_for(path)
    changed = [replace(job, **{name: value}) for name, value in CHANGES.items()]
    changed.append(replace(job, model_ref=ModelRef("m", "0" * 64)))
    changed.append(replace(job, tomogram=open_tomogram(path, apix=11.0)))
    changed.append(replace(job, tomogram=open_tomogram(path, apix_z=11.0)))
    digests = {digest(single_model(each)) for each in [job, *changed]}
    assert len(digests) == 1 + len(changed)
    assert digest(single_model(job), "openvino 2") not in digests


def test_the_threshold_counts_for_masks_alone(path):
    job = job_for(path)
    display = replace(job.model.display, threshold=0.7)
    raised = replace(job, model=replace(job.model, display=display))
    assert digest(single_model(job)) == digest(single_model(raised))
    masks = [replace(each, kind="mask") for each in (job, raised)]
    assert len({digest(single_model(each)) for each in masks}) == 2


@pytest.mark.parametrize("z", range(SHAPE[0]))
def test_a_changed_slice_is_another_tomogram(path, z):
    before = digest(single_model(job_for(path)))
    with mrcfile.open(path, "r+") as mrc:
        mrc.data[z, 5, 5] += 1
    assert digest(single_model(job_for(path))) != before


def test_partners_and_rules_count_where_they_act(path):
    rule = InteractionSettings(rules=(Rule("avoid", "b", 3.0),))
    jobs = {"a": job_for(path), "b": job_for(path, name="inverse")}
    alone = JointSegmentation(jobs, ("a", "b"))
    ruled = JointSegmentation({**jobs, "a": replace(jobs["a"], interaction=rule)}, ("a", "b"))
    assert digest(alone, model="a") == digest(single_model(jobs["a"]))
    assert digest(ruled, model="a") != digest(alone, model="a")
    assert digest(ruled, model="b") == digest(alone, model="b")
    renamed = {"x": replace(jobs["a"], interaction=replace(rule, rules=(Rule("avoid", "y", 3.0),)))}
    renamed |= {"y": jobs["b"]}
    assert digest(JointSegmentation(renamed, ("x",))) == digest(ruled, model="a")
    other_partner = {**ruled.jobs, "b": job_for(path, name="inverse 2")}
    assert digest(JointSegmentation(other_partner, ("a",))) != digest(ruled, model="a")


def test_a_record_reads_back_beside_its_volume_alone(path, tmp_path):
    record = volume_records(single_model(job_for(path)), "openvino 1")[""]
    volume = tmp_path / "v.mrc"
    write_record(volume, record)
    found = read_record(volume, record["digest"])
    assert found is not None
    assert found["tomogram"]["file"] == "t.mrc"
    assert found["slices"] == "0-5"
    assert found["models"]["Membrane"]["weights_sha256"]
    assert str(Path(tmp_path)) not in record_path(volume).read_text()
    assert read_record(volume, "0" * 64) is None
    assert read_record(tmp_path / "w.mrc", record["digest"]) is None


@pytest.mark.parametrize("content", ['{"format": "x"}', "[]", "text", "{" * 100, '{"a":' * 10**6])
def test_a_foreign_file_in_its_place_stays(path, tmp_path, content):
    record = volume_records(single_model(job_for(path)), "")[""]
    volume = tmp_path / "v.mrc"
    record_path(volume).write_text(content)
    with pytest.raises(ScsegError, match="move it away"):
        check_record_place(volume)
    with pytest.raises(ScsegError, match="move it away"):
        write_record(volume, record)
    assert record_path(volume).read_text() == content
    assert read_record(volume, record["digest"]) is None
