"""Exports on a real cluster of Dask: two worker processes of one machine. `make soak` runs all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.base.errors import CancelledError, ScsegError
from scseg.base.progress import silent
from scseg.export.cluster import dispatch, marks
from scseg.export.cluster.cluster_exporter import ClusterExporter
from scseg.export.exporter import Outcome
from scseg.export.planning import ExportItem
from tests.export.exports import write_named_model
from tests.fakes import cluster
from tests.fakes.cluster import in_soak
from tests.fakes.clustered import (
    SETTINGS,
    by_one_machine,
    files,
    named,
    plans,
    use_fake_network,
    write_items,
)

SHAPE = (12, 60, 70)


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    """A file without which no network of the cluster goes on."""
    return tmp_path_factory.mktemp("cluster") / "gate"


@pytest.fixture(scope="module")
def address(gate):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCSEG_FAKE_GATE", str(gate))
        with cluster.local_cluster() as two:
            yield two.scheduler_address


@pytest.fixture
def items(tmp_path, gate, monkeypatch):
    gate.touch()
    use_fake_network(monkeypatch)
    return write_items(tmp_path, SHAPE, 2)


@pytest.mark.parametrize(("kind", "slab"), [pytest.param("int8", None, marks=in_soak), ("mask", 5)])
def test_the_bytes_are_those_of_one_machine_and_done_once(tmp_path, items, address, kind, slab):
    settings = replace(SETTINGS, kind=kind)
    expected = by_one_machine(items, tmp_path / "one", settings)
    folder = tmp_path / "many"
    fractions = []
    for again in (False, True):
        by_many = ClusterExporter(address, folder, settings, slab)
        outcomes = by_many.export_all(
            plans(items, settings), lambda fraction, _: fractions.append(fraction)
        )
        found = {outcome.item: outcome for outcome in outcomes}
        for item in items:
            paths = tuple(folder / name for name in named(item))
            assert found[item] == (Outcome(item, (), paths) if again else Outcome(item, paths, ()))
        assert files(folder) == expected
        assert not by_many.notices
    assert all(0 <= fraction <= 1 for fraction in fractions)


@in_soak
def test_of_slabs_only_what_is_missing_is_made(tmp_path, items, address):
    expected = by_one_machine(items[:1], tmp_path / "one")
    folder = tmp_path / "many"
    first, second = named(items[0])
    (folder / first).write_bytes(expected[first])
    (outcome,) = ClusterExporter(address, folder, SETTINGS, 5).export_all(plans(items[:1]), silent)
    assert (outcome.written, outcome.kept) == ((folder / second,), (folder / first,))
    assert files(folder) == expected


@pytest.mark.parametrize("slab", [pytest.param(None, marks=in_soak), 5])
def test_what_is_cancelled_leaves_nothing(tmp_path, items, address, gate, slab):
    gate.unlink()
    begun = []

    def report(_fraction, _text):
        begun[:] = (tmp_path / "many").rglob(".*.scseg-part")
        if begun:
            raise CancelledError

    by_many = ClusterExporter(address, tmp_path / "many", SETTINGS, slab)
    with pytest.raises(CancelledError):
        list(by_many.export_all(plans(items), report))
    assert begun
    assert not by_many.notices
    assert not files(tmp_path / "many")


@in_soak
def test_two_commands_for_one_volume_do_not_get_in_each_others_way(tmp_path, items, address):
    expected = by_one_machine(items[:1], tmp_path / "one")
    folder, others = tmp_path / "many", []
    mask = replace(SETTINGS, kind="mask")

    def report(_fraction, _text):
        if not others and list(folder.glob(".*.scseg-slabs")):
            second = ClusterExporter(address, folder, mask, 5)
            others.extend(second.export_all(plans(items[:1], mask), silent))

    first = ClusterExporter(address, folder, SETTINGS, 5)
    (outcome,) = first.export_all(plans(items[:1]), report)
    assert outcome.error is None
    assert "it is being written by process" in str(others[0].error)
    assert files(folder) == expected


@in_soak
def test_one_that_fails_does_not_end_the_others(tmp_path, items, address):
    bad = ExportItem(items[0].tomogram, write_named_model(tmp_path / "d.scnm", "dies"))
    outcomes = list(
        ClusterExporter(address, tmp_path / "many", SETTINGS).export_all(
            plans([bad, *items]), silent
        )
    )
    told = {outcome.item: outcome.error for outcome in outcomes}
    assert "stopped twice at it" in str(told.pop(bad))
    assert told == dict.fromkeys(items)
    assert files(tmp_path / "many") == by_one_machine(items, tmp_path / "one")


def test_workers_without_the_folder_are_told(tmp_path, items, address, monkeypatch):
    monkeypatch.setattr(marks, "_locked", lambda _: None)
    monkeypatch.setattr(dispatch, "unseen", lambda _: None)  # here it is seen
    by_many = ClusterExporter(address, tmp_path / "many", SETTINGS)
    with pytest.raises(ScsegError, match="on a disk that all machines share"):
        list(by_many.export_all(plans(items), silent))
    assert not files(tmp_path / "many")


@in_soak
def test_workers_with_another_tomogram_of_that_name_are_told(tmp_path, items, address):
    planned_before = plans(items[:1])
    other = items[1].tomogram.read_bytes()
    items[0].tomogram.write_bytes(other)
    by_many = ClusterExporter(address, tmp_path / "many", SETTINGS)
    (outcome,) = by_many.export_all(planned_before, silent)
    assert outcome.error is not None
    assert not files(tmp_path / "many")
