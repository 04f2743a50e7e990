"""`--backend` of the commands that run networks."""

from __future__ import annotations

import os

import pytest

from scseg.models import backends
from tests.cli.commands import scseg

COMMANDS = (
    ("train", "set.scnt", "-o", "models"),
    ("check", "m.scnm", "set.scnt"),
    ("segment", "t.mrc", "--model", "m.scnm", "-o", "out"),
    ("demo", "--out", "demo"),
)


@pytest.fixture(autouse=True)
def _in_a_shell_that_says(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(backends.VARIABLE, "jax")
    monkeypatch.setattr(backends, "is_installed", {"keras", "tensorflow", "torch"}.__contains__)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda it: it[0])
def test_one_that_is_not_installed_gives_a_sentence_before_anything_is_done(
    capsys, tmp_path, command
):
    code, _, err = scseg(capsys, *command, "--backend", "jax")
    assert code == 1
    assert 'pip install "scseg[jax]"' in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda it: it[0])
def test_the_option_goes_before_the_shell(capsys, command, monkeypatch):
    use, seen = backends.use, []

    def used(choice):
        use(choice)
        seen.append(backends.resolved())
        raise KeyboardInterrupt

    monkeypatch.setattr(backends, "use", used)
    scseg(capsys, *command, "--backend", "torch")
    assert seen == ["torch"]
    assert os.environ[backends.VARIABLE] == "torch"


def test_any_other_word_is_refused(capsys):
    with pytest.raises(SystemExit):
        scseg(capsys, "train", "set.scnt", "-o", "models", "--backend", "theano")
    assert "invalid choice: 'theano'" in capsys.readouterr().err
