"""Settings survive what a disk, a user or another version may do to their file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.persistence.settings import load, save
from scseg.state.settings import MOST_MODELS, MOST_RECENT, SCALES, Settings, is_model

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
fields = st.dictionaries(st.sampled_from(["theme", "scale", "window", "recent"]), json_values)


def test_what_is_saved_is_read_back(tmp_path):
    settings = Settings("light", 1.25, (1200, 800), ("/a/b.mrc", "/c/ü.scnm"))
    settings = replace(
        settings,
        shows_removed=False,
        draws_with_models=True,
        predictions_beside="off",
        scheduler="tcp://h:1",
        backend="torch",
    )
    save(settings, tmp_path / "window.json")
    assert load(tmp_path / "window.json") == settings


@given(json_values | fields)
def test_any_json_gives_usable_settings(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("settings") / "window.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    settings = load(path)
    assert settings.theme in ("dark", "light")
    assert settings.scale in SCALES
    assert settings.window[0] >= 640
    assert settings.window[1] >= 480
    assert sum(not is_model(name) for name in settings.recent) <= MOST_RECENT
    assert sum(is_model(name) for name in settings.recent) <= MOST_MODELS
    assert all(isinstance(name, str) for name in settings.recent)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{", b"[" * 100_000, b"null"])
def test_a_damaged_file_gives_the_defaults(tmp_path, content):
    path = tmp_path / "window.json"
    path.write_bytes(content)
    assert load(path) == Settings()


def test_no_file_and_a_folder_in_its_place_give_the_defaults(tmp_path):
    assert load(tmp_path / "missing.json") == Settings()
    assert load(tmp_path) == Settings()


def test_what_makes_sense_is_kept_beside_what_does_not(tmp_path):
    path = tmp_path / "window.json"
    path.write_text(json.dumps({"theme": "light", "scale": 77, "recent": ["/a.mrc", 5, "", None]}))
    assert load(path) == Settings("light", recent=("/a.mrc",))


def test_recent_files_are_the_latest_first_each_once(tmp_path):
    settings = Settings()
    for number in (*range(20), 15):
        settings = settings.opened(tmp_path / str(number))
    assert len(settings.recent) == MOST_RECENT
    assert settings.recent[:3] == tuple(str(tmp_path / name) for name in ("15", "19", "18"))
    assert len(set(settings.recent)) == MOST_RECENT


@given(st.lists(st.booleans(), max_size=300))
def test_models_and_other_files_do_not_push_each_other_out(models):
    names = [f"/a/{number}{'.scnm' if model else '.mrc'}" for number, model in enumerate(models)]
    settings = Settings()
    for name in names:
        settings = settings.opened(Path(name))
    for model, kept in ((True, MOST_MODELS), (False, MOST_RECENT)):
        latest = tuple(name for name in reversed(names) if name.endswith(".scnm") == model)
        assert tuple(name for name in settings.recent if is_model(name) == model) == latest[:kept]
        assert settings.recent_files(models=model) == latest[:MOST_RECENT]
