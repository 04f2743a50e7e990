"""Folders of models that nobody has saved: removed with what is in them, and with nothing else."""

from __future__ import annotations

import os
import time

import pytest

from scseg.models import unsaved_models
from scseg.models.files import open_model
from tests.fakes.models import write_model

LONG_AGO = time.time() - 100 * 86400


@pytest.fixture
def victim(tmp_path, monkeypatch):
    """A folder of the user's with a model, and a data folder in which links may lead there."""
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    path = write_model(tmp_path / "work") if (tmp_path / "work").mkdir() is None else None
    unsaved_models.model_folder("x").parent.mkdir(parents=True)
    return path


def link_or_skip(link, target):
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("this user may make no links")


def test_a_link_in_the_place_of_a_models_folder_is_left_and_not_followed(victim):
    link = unsaved_models.model_folder("x")
    link_or_skip(link, victim.parent)
    os.utime(victim.parent, (LONG_AGO, LONG_AGO))
    assert unsaved_models.model_folders() == []
    unsaved_models.remove_all_but("x", ())
    unsaved_models.remove_forgotten(())
    assert link.is_symlink()
    assert open_model(victim)


def test_links_in_a_models_folder_are_not_followed(victim):
    folder = unsaved_models.model_folder("x")
    own = write_model(folder) if folder.mkdir() is None else None
    link_or_skip(folder / "there", victim.parent)
    link_or_skip(folder / "gone", victim.parent / "nothing")
    link_or_skip(folder / "linked.scnm", victim)
    unsaved_models.remove_all_but("x", ())
    assert not own.exists()
    for path in folder.iterdir():
        os.utime(path, (LONG_AGO, LONG_AGO), follow_symlinks=False)
    os.utime(folder, (LONG_AGO, LONG_AGO))
    unsaved_models.remove_forgotten(())
    assert not folder.exists()
    assert open_model(victim)


def test_a_model_that_is_reached_through_a_link_is_adopted_whole(victim, tmp_path):
    link_or_skip(tmp_path / "m.scnm", victim)
    link_or_skip(tmp_path / "m.h5", victim.with_suffix(".h5"))
    adopted = unsaved_models.import_model("x", tmp_path / "m.scnm")
    assert open_model(adopted) == open_model(victim)
    assert not adopted.is_symlink()
