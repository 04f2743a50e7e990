"""Slabs of a volume belong to one command: another that would make that volume waits, or goes without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.base.files import writing
from scseg.base.files.writing import BusyError
from scseg.export.cluster.dispatch import Work
from scseg.export.cluster.slabs import cut, remove_slabs, slabs_of
from tests.export.test_cluster_tasks import TASK
from tests.fakes.clustered import plans, use_fake_network, write_items

SHAPE = (12, 60, 70)


@pytest.fixture
def plan(tmp_path, monkeypatch):
    use_fake_network(monkeypatch)
    monkeypatch.setattr(writing, "PATIENCE_SECONDS", 0.1)
    (item,) = write_items(tmp_path, SHAPE, 1)
    return plans([item])[item]


@pytest.fixture
def slabs_made(tmp_path, plan):
    """Return a function that has the slabs of the plan made, in a way that its argument tells."""

    def made(way):
        digests = dict.fromkeys(plan.written, way * 64)
        task = replace(TASK, folder=tmp_path / "many", digests=digests)
        return slabs_of(plan, Work("t0.mrc", task, 100), cut(plan, 5))

    return made


def there(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("way", ["a", "b"])
def test_a_second_command_leaves_the_slabs_of_the_first_alone(tmp_path, plan, slabs_made, way):
    first = slabs_made("a")
    before = there(tmp_path / "many")
    volume = tmp_path / "many" / plan.first.volume_name()
    with pytest.raises(BusyError, match=f"{volume.name}: it is being written by process"):
        slabs_made(way)
    assert there(tmp_path / "many") == before
    assert [part.task.folder.is_dir() for part in first.parts] == [True] * 3


def test_what_a_command_that_is_gone_has_left_goes_on_or_makes_room(tmp_path, slabs_made):
    left = slabs_made("a")
    (left.parts[0].task.folder / "begun").touch()
    left.held.close()
    again = slabs_made("a")
    assert again.folder == left.folder
    assert (left.parts[0].task.folder / "begun").exists()
    again.held.close()
    other = slabs_made("b")
    assert not left.folder.exists()
    remove_slabs(other.folder)
    other.held.close()
    assert not there(tmp_path / "many")
