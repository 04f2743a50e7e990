"""What reaches the terminal."""

from __future__ import annotations

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
