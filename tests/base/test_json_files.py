"""The program's own files: those of a newer version are left as they are, those of an older one open."""

from __future__ import annotations

import json

import pytest

from scseg.base.files.json_files import NewerError
from scseg.persistence import feature_library, last_session, settings
from scseg.persistence.last_session import LastSession
from scseg.runtime.saving.session_file import SessionFile
from scseg.runtime.saving.user_files import new_session
from scseg.state.feature_library import Template
from scseg.state.session import Session
from scseg.state.settings import Settings
from scseg.state.tomograms import TomogramRecord
from tests.fakes.threads import quiet_inbox, take_in

KINDS = {
    "session": (
        last_session,
        LastSession(tomograms=(TomogramRecord("/a.mrc", (1, 2, 3)),)),
        last_session.FORM,
    ),
    "settings": (settings, Settings("light", recent=("/a.mrc",)), settings.FORM),
    "library": (feature_library, (Template("Membrane", (0.0, 0.5, 1.0)),), feature_library.FORM),
}
each_kind = pytest.mark.parametrize(("module", "value", "form"), KINDS.values(), ids=KINDS)


@each_kind
@pytest.mark.parametrize("version", [2, 10**30, "2.0", None])
def test_a_file_of_a_newer_version_is_told_and_stays_as_it_is(
    tmp_path, module, value, form, version
):
    path = tmp_path / "kept.json"
    newer = json.dumps({"format": form.name, "version": version, "what": "nobody knows yet"})
    path.write_text(newer, "utf-8")
    with pytest.raises(NewerError, match=r"kept\.json was written by a newer version"):
        module.load(path)
    with pytest.raises(NewerError, match="left as it is"):
        module.save(value, path)
    assert path.read_text("utf-8") == newer
    assert list(tmp_path.iterdir()) == [path]


@each_kind
def test_a_file_of_before_there_were_versions_opens_and_is_written_anew(
    tmp_path, module, value, form
):
    path = tmp_path / "kept.json"
    module.save(value, path)
    older = json.loads(path.read_text("ascii"))
    del older["format"], older["version"]
    path.write_text(json.dumps(older["features"] if module is feature_library else older), "utf-8")
    assert module.load(path) == value
    module.save(value, path)
    assert json.loads(path.read_text("ascii"))["version"] == form.version
    assert module.load(path) == value


def test_the_window_begins_and_tells_of_what_it_cannot_know(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path))
    for path, form in (
        (settings.settings_path(), settings.FORM),
        (feature_library.library_path(), feature_library.FORM),
    ):
        path.write_text(json.dumps({"format": form.name, "version": 9}), "utf-8")
    session = new_session()
    assert (session.settings, session.library) == (Settings(), ())
    assert [each.level for each in session.notices] == ["warning", "warning"]
    assert "window.json" in session.notices[0].sentence


def test_the_session_of_a_newer_version_outlives_a_day_with_this_one(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path))
    path = last_session.session_path()
    newer = json.dumps({"format": last_session.FORM.name, "version": 2, "tomograms": {"x": 1}})
    path.write_text(newer, "utf-8")
    session, inbox = Session(), quiet_inbox()
    keeper = SessionFile(session, inbox, seconds=0.0)
    assert (keeper.last(), keeper.left_behind()) == (LastSession(), LastSession())
    (told,) = session.notices
    assert "left as it is" in told.sentence
    session.overlays = False
    keeper.update()
    keeper.close()
    take_in(session, inbox)
    assert session.notices == [told]
    assert path.read_text("utf-8") == newer


def test_one_bad_entry_costs_no_other(tmp_path):
    """As found: a colour of 400 digits kept the window from starting."""
    bad = {"name": "é", "colour": [-(10**400), 1, 1], "box_size": [1]}
    good = {"name": "a", "colour": [0, 0, 1]}
    path = tmp_path / "features.json"
    path.write_text(json.dumps([bad, good]), "utf-8")
    assert feature_library.load(path) == (Template("a", (0, 0, 1)),)
    rows = [{"path": "l\udce4tin.mrc"}, {"path": "/a\0.mrc"}, {"path": "/b.mrc", "z": 10**400}]
    path.write_text(json.dumps({"tomograms": rows, "tool": "lasso"}), "utf-8")
    expected = LastSession(
        tomograms=(TomogramRecord("l\udce4tin.mrc"), TomogramRecord("/b.mrc")), tool="lasso"
    )
    assert last_session.load(path) == expected
