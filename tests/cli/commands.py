"""What tests of commands have in common: calling one as a user does."""

from __future__ import annotations

from scseg.cli import main


def scseg(capsys, *arguments):
    code = main.run([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def extracted(capsys, files, *more):
    target = files / "set.scnt"
    arguments = ("--mask", files / "mask.mrc", "--boxes", files / "boxes.txt", "--box-size", 16)
    return scseg(capsys, "extract", files / "t.mrc", *arguments, "-o", target, *more)
