"""Workflows run by hand, their work on the spot, as the program runs them beside the frames."""

from __future__ import annotations

from scseg.base.progress import silent
from scseg.state.requests import Work


class AtWork:
    """A workflow that waits for work, be it begun there."""

    def __init__(self, workflow):
        self._workflow = workflow
        self.work = next(workflow)
        assert isinstance(self.work, Work)

    def finish(self):
        run(self._workflow, self.work)

    def cancel(self):
        self._workflow.close()


def run(workflow, asked=None):
    """Do all the work of a workflow, from its beginning or from what it has `asked` for."""
    try:
        asked = asked or next(workflow)
        while True:
            asked = workflow.send(asked.run(silent))
    except StopIteration:
        pass


def run_all(session):
    """Do all the work that was asked for in a session."""
    while session.requests:
        run(session.requests.pop(0))


def only(work):
    """A workflow that has nothing to do but this."""
    yield work
