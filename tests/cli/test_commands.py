"""What all commands have in common: one sentence for each fault, exit codes, help."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from scseg.cli import main
from scseg.cli.segment_options import ranges
from scseg.models.files import weights_path
from tests.cli.commands import scseg
from tests.fakes.models import write_model


def test_hundreds_of_tomograms_need_few_open_files(capsys, files):
    resource = pytest.importorskip("resource", reason="Windows has no limits of resources")
    model = write_model(files, box_size=16, apix=13.92)
    tomograms = [files / f"t{number}.mrc" for number in range(80)]
    for path in tomograms:
        path.hardlink_to(files / "t.mrc")
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (70, usual[1]))
    try:
        _, _, err = scseg(
            capsys,
            "segment",
            *tomograms,
            files / "boxes.txt",
            "--model",
            model,
            "-o",
            files / "out",
        )
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)
    # That the last of them is no tomogram is all that is wrong.
    assert "boxes.txt is not a tomogram" in err


@pytest.mark.keras
def test_altered_weights_of_another_architecture_are_told_by_the_worker(capsys, files):
    model = write_model(files, box_size=16, apix=13.92)
    code, _, err = scseg(capsys, "segment", files / "t.mrc", "--model", model, "-o", files / "out")
    assert code == 1
    assert "HDF5" in err
    assert not list((files / "out").iterdir())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("info", "nothing.mrc"), "no such file"),
        (("info", "."), "folder"),
        (("info", "empty.mrc"), "empty"),
        (("info", "text.mrc"), "text.mrc"),
        (("info", "short.mrc"), "truncated|shorter|bytes"),
        (("info", "huge.mrc"), "huge.mrc"),
        (("info", "boxes.txt"), "not a tomogram"),
        (("info", "lone.scnm"), "weights"),
        (("info", "altered.scnm"), "does not hold"),
        (("info", "wrong.scnt"), "wrong.scnt"),
        (("train", "wrong.scnt", "-o", "m"), "wrong.scnt"),
        (("train", "nothing.scnt", "-o", "m"), "no such file"),
        (("train", "nothing.scnt", "--epochs", "0", "-o", "m"), "epochs"),
        (("segment", "short.mrc", "--model", "lone.scnm", "-o", "m"), "short.mrc"),
        (("segment", "t.mrc", "--model", "lone.scnm", "-o", "m"), "weights"),
        (("segment", "t.mrc", "--model", "altered.scnm", "-o", "m"), "does not hold"),
        (("segment", "t.mrc", "--model", "good.scnm", "--slices", "8", "-o", "m"), "0 to 7"),
        (("segment", "t.mrc", "sub/t.mrc", "--model", "good.scnm", "-o", "m"), "both"),
        (("segment", "t.mrc", "--model", "good.scnm", "-o", "boxes.txt/m"), "Cannot write"),
        (("segment", "t.mrc", "--model", "good.scnm", "-o", "boxes.txt"), "a file of that name"),
        (
            ("segment", "t.mrc", "sub/../t__good.mrc", "--model", "good.scnm", "-o", "."),
            "would replace t__good.mrc",
        ),
    ],
)
def test_every_fault_is_one_sentence_and_a_failure(capsys, files, monkeypatch, arguments, words):
    monkeypatch.chdir(files)
    faulty_files(files)
    code, out, err = scseg(capsys, *arguments)
    assert code == 1
    assert not out
    sentence = err.strip().splitlines()[-1]
    assert "Traceback" not in err
    assert re.search(words, sentence), sentence
    assert sentence.endswith(".")


def faulty_files(folder):
    content = (folder / "t.mrc").read_bytes()
    (folder / "short.mrc").write_bytes(content[: len(content) // 2])
    (folder / "text.mrc").write_text("this is a letter to the editor\n" * 100)
    (folder / "empty.mrc").touch()
    header = bytearray(content)
    header[8:12] = (2**31 - 1).to_bytes(4, "little")
    (folder / "huge.mrc").write_bytes(bytes(header))
    (folder / "sub").mkdir()
    (folder / "sub" / "t.mrc").write_bytes(content)
    (folder / "t__good.mrc").write_bytes(content)
    for name in ("lone", "altered", "good"):
        write_model(folder, name=name).rename(folder / f"{name}.scnm")
        weights_path(folder / f"10.00_32_0.0261_{name}.scnm").rename(folder / f"{name}.h5")
    (folder / "lone.h5").unlink()
    (folder / "altered.h5").write_bytes(b"other")
    (folder / "wrong.scnt").write_bytes(content)


def test_tracebacks_are_shown_on_request(capsys, files):
    _, _, err = scseg(capsys, "info", files / "nothing.mrc", "--verbose")
    assert "Traceback" in err
    assert "no such file" in err


def test_tracebacks_may_be_asked_for_before_the_command(capsys, files):
    code, _, err = scseg(capsys, "--verbose", "info", files / "nothing.mrc")
    assert code == 1
    assert "Traceback" in err


def test_a_number_that_is_none_is_called_a_number(capsys):
    with pytest.raises(SystemExit):
        main.run(["segment", "t.mrc", "--model", "m.scnm", "-o", "x", "--overlap", "much"])
    assert "invalid number value: 'much'" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["extract", "train", "segment", "info", "demo"])
def test_every_command_helps_with_examples(capsys, command):
    with pytest.raises(SystemExit) as ended:
        main.run([command, "--help"])
    assert ended.value.code == 0
    assert f"scseg {command}" in capsys.readouterr().out.split("examples:")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("extract",),
        ("segment", "t.mrc", "--model", "m.scnm", "--slices", "5-2", "-o", "x"),
        ("segment", "t.mrc", "--model", "m.scnm", "--slices", "a", "-o", "x"),
        ("segment", "t.mrc", "--model", "m.scnm", "--overlap", "0.9", "-o", "x"),
        ("train", "s.scnt", "--epochs", "many", "-o", "x"),
        ("train", "s.scnt"),
        ("train", "-o", "x"),
        ("train", "s.scnt", "--validation", "0.6", "-o", "x"),
    ],
)
def test_wrong_arguments_fail(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main.run(list(arguments))
    assert ended.value.code == 2
    assert "error" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"), [("15,40-42", [15, 40, 41, 42]), ("3", [3]), ("2-2, 1", [1, 2])]
)
def test_ranges_include_both_ends(text, expected):
    assert ranges(text) == expected


def test_the_version(capsys):
    with pytest.raises(SystemExit):
        main.run(["--version"])
    assert capsys.readouterr().out.startswith("scseg 0.")


def test_without_a_display_the_window_is_explained():
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-m", "scseg"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "scseg demo" in done.stderr
    assert "Traceback" not in done.stderr
