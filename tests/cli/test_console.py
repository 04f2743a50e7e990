"""What reaches the terminal."""

from __future__ import annotations

import os
import signal

import pytest

from scseg.base.errors import CancelledError, SuspendedError
from scseg.cli.console import Console

ODD = "a [bold]b[/bold] {c} :smile: ü.mrc"


def test_file_names_are_shown_as_they_are(capsys):
    console = Console(verbose=False)
    console.say(ODD)
    console.notify(ODD)
    console.complain(ODD)
    with console.bar(ODD) as report:
        report(0.5, ODD)
    captured = capsys.readouterr()
    assert captured.out == ODD + "\n"
    assert captured.err.splitlines()[:2] == [ODD, ODD]
    assert captured.err.splitlines()[2].count(ODD) == 2


def test_names_that_are_no_text_are_shown_all_the_same(capsys):
    name = b"bad\xff.mrc".decode("utf-8", "surrogateescape")
    Console(verbose=False).say(name)
    assert "bad" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send these to itself")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_at_the_next_report_and_again_ends_at_once(number):
    before = signal.getsignal(number)
    with Console(verbose=False).bar("Work") as report:
        report(0.1, "begun")
        os.kill(os.getpid(), number)
        with pytest.raises(CancelledError) as told:
            report(0.2, "going on")
        # A batch system may start the work again.
        assert isinstance(told.value, SuspendedError) == (number == signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before
