"""What a user of the stage Export does, without a window: two tomograms, two models with a rule."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from pathlib import Path

from scseg.actions.exports import planning, starting
from scseg.actions.models import interactions
from scseg.compute.segmenter import Segmenter
from scseg.export import exporter
from scseg.interactions.group import Group, save_group
from scseg.interactions.rules import InteractionSettings, Rule
from tests.export.exports import FAKE, write_named_model, write_tomogram
from tests.fakes.headless import running, step_until

SECONDS = 60.0
"""Each export starts a process, which a machine may be slow at."""


RULES = {
    "a.scnm": InteractionSettings(absorb=True, rules=(Rule("avoid", "b.scnm", 3.0, 0.9),)),
    "b.scnm": InteractionSettings(emit=True),
}
"""How the two models act on one another, by the names of their files."""


def save_rules(folder):
    """Write the group of the two models beside them; return its path."""
    path = folder / "g.scnmgroup"
    save_group(Group(RULES), path)
    return path


def use_fake_network(monkeypatch):
    monkeypatch.setattr(exporter, "Segmenter", partial(Segmenter, FAKE))


def write_files(folder, shape=(6, 40, 60)):
    """Write two tomograms and two models; return their paths."""
    return (
        write_tomogram(folder / "t.mrc", shape=shape),
        write_tomogram(folder / "u.mrc", 1, shape=shape),
        write_named_model(folder / "a.scnm", "Membrane"),
        write_named_model(folder / "b.scnm", "inverse"),
    )


@contextlib.contextmanager
def with_models(paths, *, rules=True):
    """The program with files open; with `rules`, its first model keeps away from the second one."""
    with running(paths) as program:
        session = program.session
        tomograms = sum(path.suffix == ".mrc" for path in paths)
        step_until(
            program,
            lambda: (
                len(session.tomograms) == tomograms
                and len(session.models) == len(paths) - tomograms
                and all(opened.annotation is not None for opened in session.tomograms)
            ),
        )
        if rules:
            first, second = session.models
            avoids, emits = RULES.values()
            avoid = (replace(avoids.rules[0], partner=second.id),)
            interactions.change(session, first, replace(avoids, rules=avoid))
            interactions.change(session, second, emits)
            interactions.commit(session)
        yield program


def plan(session, folder, **changes):
    changed = replace(session.exports.plan, folder=str(folder), **changes)
    planning.set_plan(session, changed)


def start(program):
    """Start the planned export; return what is in the queue then."""
    before = len(program.session.exports.queue)
    starting.start(program.session)
    step_until(program, lambda: len(program.session.exports.queue) > before)
    return program.session.exports.queue


def finish(program):
    step_until(program, lambda: not program.session.exports.left, SECONDS)


def files_in(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}
