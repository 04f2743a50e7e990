"""Clusters of which a part dies, or is of another kind: real schedulers and workers of Dask."""

from __future__ import annotations

import contextlib
import os
import signal

import pytest

from scseg import __version__
from scseg.base.errors import ScsegError
from scseg.base.progress import silent
from scseg.export.cluster.cluster_exporter import ClusterExporter
from scseg.export.exporter import Outcome
from scseg.export.settings import ExportSettings
from tests.fakes import cluster
from tests.fakes.cluster import in_soak, scheduler, worker
from tests.fakes.clustered import (
    SETTINGS,
    by_one_machine,
    files,
    named,
    plans,
    use_fake_network,
    write_items,
    writer_of,
)

pytestmark = [
    in_soak,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to kill with"),
]
SHAPE = (40, 200, 200)
THIRD = 13 * 200 * 200
USUAL = ExportSettings()


@pytest.fixture
def items(tmp_path, monkeypatch):
    use_fake_network(monkeypatch)
    return write_items(tmp_path, SHAPE, 3)


def small_items(tmp_path, monkeypatch):
    use_fake_network(monkeypatch)
    return write_items(tmp_path, (6, 40, 40), 3)


def test_a_killed_worker_costs_nothing_but_time(tmp_path, items):
    expected = by_one_machine(items, tmp_path / "one")
    folder, killed = tmp_path / "many", []

    def report(_fraction, _text):
        if not killed and (writer := writer_of(folder, THIRD)):
            os.kill(writer, signal.SIGKILL)
            killed.append(writer)

    with cluster.local_cluster() as two:
        by_many = ClusterExporter(two.scheduler_address, folder, SETTINGS)
        outcomes = {each.item: each for each in by_many.export_all(plans(items), report)}
    assert killed
    for item in items:
        assert outcomes[item] == Outcome(item, tuple(folder / name for name in named(item)))
    assert len([notice for notice in by_many.notices if "was lost at" in notice]) == 1
    assert files(folder) == expected


def test_what_kills_each_worker_is_given_up_and_leaves_nothing(tmp_path, items):
    folder, killed = tmp_path / "many", set()

    def report(_fraction, _text):
        if (writer := writer_of(folder, 0)) and writer not in killed:
            os.kill(writer, signal.SIGKILL)
            killed.add(writer)

    with cluster.local_cluster(workers=3) as three:
        by_three = ClusterExporter(three.scheduler_address, folder, SETTINGS)
        (outcome,) = by_three.export_all(plans(items[:1]), report)
    assert "as 2 before it" in str(outcome.error)
    assert not files(folder)


def test_a_scheduler_that_vanishes_is_told_and_the_next_goes_on(tmp_path, items):
    expected = by_one_machine(items, tmp_path / "one")
    folder = tmp_path / "many"

    with scheduler(tmp_path) as (file, process), worker(file):

        def report(_fraction, _text):
            if writer_of(folder, THIRD):
                process.kill()

        by_one = ClusterExporter(str(file), folder, SETTINGS)
        with pytest.raises(ScsegError, match="does not answer any more"):
            list(by_one.export_all(plans(items), report))
    left = files(folder)
    assert [name for name in left if name.endswith(".scseg-part")]
    assert all(left[name] == content for name, content in expected.items() if name in left)
    file.unlink()
    with scheduler(tmp_path) as (file, _), worker(file):
        by_one = ClusterExporter(str(file), folder, SETTINGS)
        assert not [each for each in by_one.export_all(plans(items), silent) if each.error]
    assert files(folder) == expected


@pytest.mark.parametrize(
    ("variables", "settings", "words"),
    [
        ({"SCSEG_FAKE_PROGRAM": "0.0.9"}, USUAL, f"runs scSegmentation 0.0.9, and this is {__version__}"),
        ({"SCSEG_FAKE_FAST": "bfloat16"}, USUAL, "in bfloat16, and this job with  in float32"),
    ],
)  # fmt: skip
def test_workers_of_another_kind_are_refused(tmp_path, monkeypatch, variables, settings, words):
    items = small_items(tmp_path, monkeypatch)
    expected = by_one_machine(items, tmp_path / "one", SETTINGS)
    with contextlib.ExitStack() as stack:
        file, _ = stack.enter_context(scheduler(tmp_path))
        for more in ({}, {}, variables):
            stack.enter_context(worker(file, **more))
        by_many = ClusterExporter(str(file), tmp_path / "many", settings)
        cluster.wait_for_workers(file, 3)
        assert not [each for each in by_many.export_all(plans(items), silent) if each.error]
    assert len([notice for notice in by_many.notices if words in notice]) == 1
    assert files(tmp_path / "many") == expected


def test_workers_all_of_another_version_are_an_error(tmp_path, monkeypatch):
    items = small_items(tmp_path, monkeypatch)
    with scheduler(tmp_path) as (file, _), worker(file, SCSEG_FAKE_PROGRAM="0.0.9"):
        by_one = ClusterExporter(str(file), tmp_path / "many", SETTINGS)
        with pytest.raises(ScsegError, match="No worker of the cluster can be used"):
            list(by_one.export_all(plans(items), silent))
    assert not files(tmp_path / "many")


def test_bfloat16_is_refused_where_no_worker_multiplies_it(tmp_path, monkeypatch):
    items = small_items(tmp_path, monkeypatch)
    wanted = ExportSettings(precision="bfloat16")
    with scheduler(tmp_path) as (file, _), worker(file):
        by_one = ClusterExporter(str(file), tmp_path / "many", wanted)
        with pytest.raises(ScsegError, match="bfloat16"):
            list(by_one.export_all(plans(items, SETTINGS), silent))


def test_a_worker_lends_its_gpu(tmp_path, monkeypatch):
    items = small_items(tmp_path, monkeypatch)
    with scheduler(tmp_path) as (file, _), worker(file, "--resources", "GPU=1"):
        by_one = ClusterExporter(str(file), tmp_path / "many", SETTINGS)
        assert not [each for each in by_one.export_all(plans(items), silent) if each.error]
    assert files(tmp_path / "many") == by_one_machine(items, tmp_path / "one")
