"""The queue of exports where an address of a scheduler is set: its workers do them, or a sentence tells."""

from __future__ import annotations

import pytest

from scseg.actions.exports import queue
from scseg.actions.view import view
from scseg.base.errors import ScsegError
from scseg.export.exporter import Outcome
from scseg.runtime.exports import export_queue
from tests.fakes import cluster
from tests.fakes.cluster import in_soak
from tests.fakes.exporting import (
    files_in,
    finish,
    plan,
    start,
    use_fake_network,
    with_models,
    write_files,
)
from tests.fakes.headless import step_until

ADDRESS = "tcp://host:8786"


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    use_fake_network(monkeypatch)


class Stand:
    """Stands for a cluster, which does not answer, has a worker that is lost, or never ends."""

    way = "gone"

    def __init__(self, address, folder, settings, slab):
        assert (address, settings.kind, slab) == (ADDRESS, "int8", 0)
        self.folder, self.notices = folder, []

    def export_all(self, plans, report):
        (item,) = plans
        if self.way == "gone":
            raise ScsegError("No Dask scheduler answers.")
        while self.way == "endless":
            report(0.5, "slice 3 of 6")
        self.notices.append("The worker x was lost.")
        yield Outcome(item, written=(self.folder / "t__Membrane.mrc",))


@pytest.fixture
def stand(monkeypatch):
    monkeypatch.setattr(export_queue, "ClusterExporter", Stand)
    return lambda way: monkeypatch.setattr(Stand, "way", way)


def statuses(session):
    return [export.status for export in session.exports.queue]


def test_the_workers_do_what_is_exported_while_an_address_is_set(tmp_path, stand):
    stand("lost")
    tomogram, _, model, _ = write_files(tmp_path)
    with with_models((tomogram, model), rules=False) as program:
        view.set_scheduler(program.session, f" {ADDRESS} ")
        plan(program.session, tmp_path / "out")
        start(program)
        finish(program)
        assert statuses(program.session) == ["done"]
        told = [notice.sentence for notice in program.session.notices]
        assert "t.mrc: The worker x was lost." in told
        view.set_scheduler(program.session, "")
        start(program)
        finish(program)
        assert statuses(program.session) == ["done", "done"]
    assert (tmp_path / "out" / "t__Membrane.mrc").is_file()


def test_a_scheduler_that_does_not_answer_is_told_in_the_queue(tmp_path, stand):
    stand("gone")
    tomogram, _, model, _ = write_files(tmp_path)
    with with_models((tomogram, model), rules=False) as program:
        view.set_scheduler(program.session, ADDRESS)
        plan(program.session, tmp_path / "out")
        start(program)
        finish(program)
        (failed,) = program.session.exports.queue
        assert (failed.status, failed.told) == ("failed", "No Dask scheduler answers.")


def test_what_is_at_work_on_a_cluster_is_cancelled(tmp_path, stand):
    stand("endless")
    tomogram, _, model, _ = write_files(tmp_path)
    with with_models((tomogram, model), rules=False) as program:
        session = program.session
        view.set_scheduler(session, ADDRESS)
        plan(session, tmp_path / "out")
        start(program)
        step_until(program, lambda: session.exports.job is not None)
        step_until(program, lambda: session.exports.job.fraction == 0.5)
        queue.cancel(session, session.exports.queue[0])
        finish(program)
        assert statuses(session) == ["cancelled"]


@in_soak
def test_window_and_cluster_write_the_same_bytes(tmp_path):
    paths = write_files(tmp_path)
    with cluster.local_cluster() as two, with_models(paths) as program:
        session = program.session
        for name, address in (("here", ""), ("there", two.scheduler_address)):
            view.set_scheduler(session, address)
            plan(session, tmp_path / name)
            start(program)
            finish(program)
    assert statuses(session) == ["done"] * 4
    assert files_in(tmp_path / "there") == files_in(tmp_path / "here")
