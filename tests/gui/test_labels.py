"""Names with anything in them: every panel shows them, keeps them apart, and they come back the next day."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from imgui_bundle import imgui

from scseg.actions.annotation import features, library
from scseg.actions.models import files as model_files
from scseg.actions.models import interactions
from scseg.actions.training import new_set
from scseg.annotations.feature import COLOURS, Feature
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.runtime.display import labels
from tests.fakes.models import write_model

pytestmark = pytest.mark.gui

LATIN = os.fsdecode(b"Gr\xf6\xdfe")
NAMES = (LATIN, "a###b", "c###b", "x##y", "50%s%n", "two\nlines\t", "\u202eback", "\x1b[2J\x07")
LONG = "n" * 251
MODELS = (LATIN, "a###b", "50%s%n")
HOVER = imgui.test_engine.TestAction.hover


@pytest.fixture
def files(tmp_path, tomogram):
    """Copies of a tomogram under all the names that this file system takes."""
    paths = []
    for name in (*NAMES, LONG):
        path = tmp_path / f"{name}.mrc"
        try:
            shutil.copyfile(tomogram, path)
        except OSError:  # macOS takes UTF-8 alone
            continue
        paths.append(path)
    return paths


def complaints(user):
    """Return what was said, but of a name so long that the annotation cannot have one beside it."""
    said = [each.sentence for each in user.session.messages if each.level != "info"]
    return [each for each in said if LONG not in each]


def add_features(session):
    for name in NAMES:
        feature = Feature(name, COLOURS[0])
        library.keep(session, feature)
        features.add(session, feature)


def relate(session):
    """Let the first model avoid all others, and sample what the features of all names are in."""
    first, *others = session.models
    rules = tuple(Rule("avoid", each.id) for each in others)
    interactions.change(session, first, InteractionSettings(rules=rules))
    for name in NAMES:
        new_set.choose(session, name, 1)


def look_everywhere(user):
    """Open whatever shows names; each control is there, and nothing complains."""

    def is_there(path, told):
        assert user.ctx.item_exists(f"{path}/{labels.label('', told)}"), told

    user.press("1")
    user.ctx.yield_(3)
    user.ctx.item_click("//Panels/**/###add-feature")
    user.ctx.yield_(2)
    for name in NAMES:
        is_there("//$FOCUSED", f"known {name}")
    user.ctx.popup_close_all()
    user.press("2")
    user.ctx.yield_(3)
    user.ctx.item_click("//Panels/**/Interactions")
    user.ctx.yield_(3)
    for menu in ("Open recent", "Load recent model"):
        user.ctx.menu_action(HOVER, f"//##MainMenuBar/File/{menu}")
        user.ctx.yield_(2)
        user.ctx.popup_close_all()
    user.ctx.menu_click("//##MainMenuBar/Help/###messages")
    user.ctx.yield_(2)
    user.press("Escape")
    look_into_a_folder(user)
    assert complaints(user) == []


def look_into_a_folder(user):
    model = user.session.models[0]
    saved = Path(model.weights.ref.path)
    user.do(lambda: model_files.save(user.session, model))
    user.wait_for(lambda: user.ctx.item_exists(f"//###files/**/{labels.label('', saved.name)}"))
    user.ctx.item_click("//###files/**/###up")
    user.wait_for(lambda: user.ctx.item_exists(f"//###files/**/{labels.label('', NAMES[0])}"))
    user.press("Escape")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_day_with_any_names_and_the_next_one(open_window, files, tmp_path):
    folder = tmp_path / NAMES[0]
    folder.mkdir()
    models = [write_model(folder, name=name) for name in MODELS]
    shown = [each.name for each in files]

    def rows(user):
        return {each.name for each in user.session.tomograms}

    def first(user):
        user.wait_for(lambda: rows(user) == set(shown) and len(user.session.models) == len(MODELS))
        user.wait_for(lambda: user.session.active.annotation is not None)
        user.do(lambda: add_features(user.session))
        # The panels have scrolled to the models.
        user.ctx.yield_(8)
        user.ctx.scroll_to_top("//Panels")
        for name in shown:
            row = f"//Panels/**/{labels.label('', name)}"
            user.ctx.item_click(row)
            user.wait_for(lambda name=name: user.session.active.name == name)
        user.ctx.item_click(f"//Panels/**/{labels.label('', shown[0])}")
        user.wait_for(lambda: user.session.active.name == shown[0])
        user.do(lambda: relate(user.session))
        look_everywhere(user)

    def second(user):
        user.do(user.window.restore)
        user.wait_for(lambda: rows(user) == set(shown))
        user.wait_for(lambda: len(user.session.models) == len(MODELS) and not user.session.jobs)
        assert {each.display.name for each in user.session.models} == set(MODELS)
        assert {each.name for each in user.session.library} == set(NAMES)
        for key in "12":
            user.press(key)
            user.ctx.yield_(3)
        assert complaints(user) == []

    open_window(first, [*files, *models])
    open_window(second)
