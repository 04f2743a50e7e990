"""`scseg info --storage`."""

from __future__ import annotations

import io
import json
import sys

import pytest

from scseg.base.files.writing import atomic_write
from scseg.base.folders import log_folder
from scseg.cli import main
from scseg.models import unsaved_models
from scseg.persistence import last_session
from scseg.persistence.last_models import ModelRecord
from scseg.persistence.last_session import LastSession
from scseg.state.models import Display
from tests.cli.commands import scseg
from tests.fakes.models import write_model

A, B = "a" * 32, "b" * 32


class Terminal(io.StringIO):
    def isatty(self):
        return True


def left_log():
    return log_folder() / "worker-left.log"


@pytest.fixture(autouse=True)
def _kept(tmp_path, monkeypatch):
    """A log that was left, a model that the next start needs, and one that nobody has saved."""
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    atomic_write(left_log(), b"{}" * 700)
    for model_id, name in ((A, "Needed\x1b[2J"), (B, "Membrane")):
        unsaved_models.model_folder(model_id).mkdir(parents=True)
        write_model(unsaved_models.model_folder(model_id), name=name)
    needed = ModelRecord(
        str(unsaved_models.model_folder(A)), Display("a", (0, 1, 0)), A, kept=False
    )
    last_session.save(LastSession(models=(needed,)), last_session.session_path())


def answering(monkeypatch, answer):
    monkeypatch.setattr(sys, "stdin", answer)


def test_all_is_listed_with_size_and_age(capsys):
    code, out, _ = scseg(capsys, "info", "--storage")
    assert code == 0
    assert "Logs (logs): 2 kB, just now" in out
    assert "Unpacked tomograms (unpacked): none" in out
    assert "  Membrane: 1 kB, just now, not saved" in out
    assert r"  Needed\x1b[2J: 1 kB, just now, the next start needs it, not saved" in out


def test_as_json_for_other_programs(capsys):
    _, out, _ = scseg(capsys, "info", "--storage", "--json")
    content = json.loads(out)
    log = content["entries"][0]
    assert (log["kind"], log["bytes"], log["in_use"]) == ("logs", 1400, None)
    assert log["path"] == str(left_log())
    models = {each["what"]: each for each in content["entries"] if each["kind"] == "models"}
    assert {each["unsaved"] for each in models.values()} == {True}
    assert models["Needed\x1b[2J"]["in_use"] == "the next start needs it"


def test_what_can_be_made_again_goes_without_a_question(capsys, monkeypatch):
    answering(monkeypatch, None)
    code, out, err = scseg(capsys, "info", "--storage", "--remove", "logs")
    assert (code, out, err) == (0, "Logs: 2 kB removed.\n", "")
    assert not left_log().exists()


@pytest.mark.parametrize(
    ("answer", "goes"), [("y\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_what_is_not_saved_goes_after_a_question_alone(capsys, monkeypatch, answer, goes):
    answering(monkeypatch, Terminal(answer))
    code, _, err = scseg(capsys, "info", "--storage", "--remove", "models")
    assert code == 0
    assert "Not saved: Membrane. Remove it for good? [y/N]" in err
    assert unsaved_models.model_folder(A).exists()
    assert unsaved_models.model_folder(B).exists() != goes


@pytest.mark.parametrize("nobody", [None, io.StringIO("y\n")])
def test_where_nobody_can_be_asked_it_stays_unless_that_was_said(capsys, monkeypatch, nobody):
    answering(monkeypatch, nobody)
    code, _, err = scseg(capsys, "info", "--storage", "--remove", "models")
    assert (code, "Give --yes" in err) == (1, True)
    assert unsaved_models.model_folder(B).exists()
    code, _, err = scseg(capsys, "info", "--storage", "--remove", "models", "--yes")
    assert code == 0
    assert "stays: the next start needs it" in err
    assert (unsaved_models.model_folder(A).exists(), unsaved_models.model_folder(B).exists()) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("t.mrc", "--storage"),
        ("--storage", "--remove", "annotations"),
        ("--storage", "--remove", "all"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments):
    with pytest.raises(SystemExit) as end:
        main.run(["info", *arguments])
    assert end.value.code == 2


def test_files_of_the_user_are_not_removed(capsys, tmp_path):
    path = tmp_path / "t.mrc"
    path.write_text("of the user")
    code, _, err = scseg(capsys, "info", path, "--remove", "unpacked")
    assert (code, "goes with --storage" in err) == (1, True)
    assert path.exists()
