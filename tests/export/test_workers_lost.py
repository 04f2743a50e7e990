"""Workers that die, or do not answer, at any moment: clients of Dask whose answers are told beforehand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import pytest

from scseg import __version__
from scseg.base.errors import ScsegError
from scseg.base.progress import silent
from scseg.export.cluster import roster, slabs, tasks, worker
from scseg.export.cluster.dispatch import Dispatcher, Work
from scseg.export.cluster.roster import Roster
from tests.export.test_cluster_tasks import TASK

WAY = tasks.Way(__version__, "formula 1", "float32")
TOPIC = "topic"


class FakeFuture:
    """What comes of a task: pending until it is told, then a text or an error."""

    def __init__(self, key):
        self.key = key
        self.status = "pending"
        self.value = ""

    def finish(self, value):
        self.status, self.value = "finished", value

    def result(self, timeout):
        assert timeout > 0
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value

    exception = result


class FakeDask:
    """A scheduler with workers by their addresses; `futures` are those of each, the latest last."""

    status = "running"

    def __init__(self, *addresses):
        self.there = list(addresses)
        self.futures = {}
        self._keys = map(str, count())

    def nthreads(self, callback_timeout):
        assert callback_timeout > 0
        return dict.fromkeys(self.there, 1)

    def submit(self, _function, *_args, workers, **_others):
        (address,) = workers
        self.futures.setdefault(address, []).append(FakeFuture(next(self._keys)))
        return self.futures[address][-1]

    def cancel(self, futures, force):
        assert force
        for future in futures:
            future.status = "cancelled"

    def subscribe_topic(self, topic, hear):
        assert topic == TOPIC
        self.hear = hear

    def introduce(self, address):
        self.futures[address][-1].finish(tasks.way_text(WAY, gpu=False))

    def tell(self, address, fraction):
        self.hear((0.0, {"key": self.futures[address][-1].key, "fraction": fraction, "text": ""}))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(roster, "_SECONDS", 0.0)


def seen(tmp_path):
    """Return a task whose files are there."""
    for name in ("t.mrc", "m.scnm", "mark"):
        (tmp_path / name).touch()
    item = replace(TASK.item, tomogram=tmp_path / "t.mrc", models=tmp_path / "m.scnm")
    return replace(TASK, item=item, mark=tmp_path / "mark")


def at_work(tmp_path, *addresses):
    """Return a scheduler, and a dispatcher that has given a task to the first of its workers."""
    dask = FakeDask(*addresses)
    there = Roster(dask, "auto", TOPIC)
    there.update()
    for address in addresses:
        dask.introduce(address)
    there.agreed_way(silent)
    dispatcher = Dispatcher(dask, there, TOPIC)
    dispatcher.add(Work("t.mrc", seen(tmp_path), 10))
    assert dispatcher.step() == []
    return dask, dispatcher, there


@pytest.mark.parametrize("error", [TimeoutError(), OSError(), asyncio.CancelledError()])
def test_a_worker_that_dies_with_its_introduction_is_not_there(error):
    dask = FakeDask("a", "b")
    there = Roster(dask, "auto", TOPIC)
    there.update()
    dask.introduce("a")
    dask.futures["b"][-1].finish(error)
    there.update()
    dask.there.remove("b")
    assert there.agreed_way(silent) == WAY
    assert [each.address for each in there.fit] == ["a"]
    assert there.notices == []


def test_a_worker_whose_introduction_was_cancelled_is_asked_again():
    dask = FakeDask("a")
    there = Roster(dask, "auto", TOPIC)
    there.update()
    dask.futures["a"][-1].status = "cancelled"
    there.update()
    assert len(dask.futures["a"]) == 2
    dask.introduce("a")
    assert there.agreed_way(silent) == WAY
    assert there.notices == []


def test_a_worker_that_is_busy_for_others_holds_up_nobody(monkeypatch):
    monkeypatch.setattr(roster, "_SECONDS_TO_AWAIT_OTHERS", 0.0)
    dask = FakeDask("a", "b")
    there = Roster(dask, "auto", TOPIC)
    there.update()
    dask.introduce("a")
    assert there.agreed_way(silent) == WAY
    assert [each.address for each in there.fit] == ["a"]
    dask.introduce("b")
    there.update()
    assert {each.address for each in there.fit} == {"a", "b"}


@pytest.mark.parametrize("status", ["finished", "error"])
def test_what_cannot_be_fetched_is_done_by_another(tmp_path, status):
    dask, dispatcher, there = at_work(tmp_path, "a", "b")
    address = at_it(dispatcher)
    lost = dask.futures[address][-1]
    lost.status, lost.value = status, asyncio.CancelledError()
    assert dispatcher.step() == []
    dask.there.remove(address)
    assert dispatcher.step() == []
    assert dispatcher.step() == []
    dask.futures[at_it(dispatcher)][-1].finish(tasks.answer_text(tasks.Answer(written=("v.mrc",))))
    ((_, answer),) = dispatcher.step()
    assert answer.written == ("v.mrc",)
    assert "was lost at t.mrc" in there.notices[-1]


def at_it(dispatcher):
    """Return the worker that has the task."""
    (running,) = dispatcher._running.values()
    return running.worker


def lose(dask, dispatcher, fraction):
    """Have the worker that has the task die when it has got so far; return what came."""
    address = at_it(dispatcher)
    dask.tell(address, fraction)
    dask.there.remove(address)
    return dispatcher.step() + dispatcher.step()


def test_what_gets_farther_with_each_worker_is_not_given_up(tmp_path):
    dask, dispatcher, _ = at_work(tmp_path, *"abcdefgh")
    for fraction in (0.15, 0.3, 0.45, 0.6, 0.75, 0.9):
        assert lose(dask, dispatcher, fraction) == []


def test_what_ends_workers_at_one_place_is_given_up(tmp_path):
    dask, dispatcher, _ = at_work(tmp_path, *"abcdefgh")
    assert lose(dask, dispatcher, 0.5) == []
    assert lose(dask, dispatcher, 0.501) == []
    ((_, answer),) = lose(dask, dispatcher, 0.502)
    assert "as 2 before it" in answer.error


def test_a_tomogram_that_is_gone_is_told_and_no_worker_refused(tmp_path):
    dask, dispatcher, there = at_work(tmp_path, "a", "b")
    (tmp_path / "t.mrc").unlink()
    refused = tasks.Answer(refused="does not see it")
    dask.futures[at_it(dispatcher)][-1].finish(tasks.answer_text(refused))
    ((_, answer),) = dispatcher.step()
    assert "t.mrc is not there any more" in answer.error
    assert len(there.fit) == 2


def test_a_worker_to_which_the_system_refuses_a_file_does_not_see_it(tmp_path):
    """As of folders that may not be entered: `Path.exists` raises an error there, as for too long a name."""
    task = replace(seen(tmp_path), mark=tmp_path / ("m" * 300))
    assert tasks.unseen(task) == task.mark
    assert "does not see" in worker._answer(task, silent).refused


def test_slabs_in_a_folder_that_is_gone_are_told(tmp_path):
    job = SimpleNamespace(volume_name=lambda: "v.mrc")
    plan = SimpleNamespace(written=("m",), jobs={"m": job})
    task = replace(TASK, folder=tmp_path / "gone", digests={"m": "0" * 64})
    with pytest.raises(ScsegError, match="does not exist"):
        slabs._folder(plan, task)
