"""The commands as users call them: results, sentences, exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.cli import main
from scseg.cli.segment import ranges
from scseg.datasets.training_set import load_training_set
from scseg.models.files import open_model, weights_path
from tests.fakes.models import write_model


@pytest.fixture
def files(tmp_path, rng):
    """A tomogram with bright squares, their mask, and boxes with and without one."""
    mask = np.zeros((8, 64, 64), np.int8)
    mask[:, 20:32, 20:32] = 1
    voxels = (mask * 3.0 + rng.normal(0, 0.5, mask.shape)).astype(np.float32)
    for name, data in (("t.mrc", voxels), ("mask.mrc", mask)):
        with mrcfile.new(tmp_path / name) as mrc:
            mrc.set_data(data)
            mrc.voxel_size = 13.92
    (tmp_path / "boxes.txt").write_text(
        "# x y z\n25 25 1\n26.4 24.6 2\n28 27 3\n50 50 1\n50 50 3\n"
    )
    return tmp_path


def scseg(capsys, *arguments):
    code = main.run([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def extracted(capsys, files, *more):
    target = files / "set.scnt"
    arguments = ("--mask", files / "mask.mrc", "--boxes", files / "boxes.txt", "--box-size", 16)
    return scseg(capsys, "extract", files / "t.mrc", *arguments, "-o", target, *more)


def test_extract_writes_a_set_and_tells_its_counts(capsys, files):
    code, out, _ = extracted(capsys, files, "--feature", "Square")
    assert code == 0
    assert "3 positive and 2 negative" in out
    made = load_training_set(files / "set.scnt")
    assert made.features == ("Square",)
    assert made.positions.tolist()[1] == [2, 25, 26]
    assert made.apix == pytest.approx(13.92, abs=1e-4)


def test_extract_into_a_folder_proposes_the_name(capsys, files):
    code, out, _ = extracted(capsys, files, "-o", files / "sets", "--feature", "Square")
    assert code == 0
    assert (files / "sets" / "13.92_16_Square.scnt").is_file()
    assert "13.92_16_Square.scnt" in out


def test_any_feature_makes_a_file_name(capsys, files):
    code, _, err = extracted(capsys, files, "-o", files / "sets", "--feature", "alpha/beta")
    assert code == 0, err
    made = load_training_set(files / "sets" / "13.92_16_alpha-beta.scnt")
    assert made.features == ("alpha/beta",)


def test_the_pixel_size_of_the_tomogram_is_asked_for_where_it_is_unknown(capsys, files):
    with mrcfile.open(files / "t.mrc", "r+") as mrc:
        mrc.voxel_size = 0
    code, _, err = extracted(capsys, files)
    assert code == 1
    assert "--tomogram-apix" in err
    assert extracted(capsys, files, "--tomogram-apix", 8)[0] == 0
    assert load_training_set(files / "set.scnt").apix == 8


@pytest.mark.keras
def test_train_and_segment(capsys, files):
    extracted(capsys, files, "--feature", "Square")
    code, out, err = scseg(
        capsys, "train", files / "set.scnt", "--architecture", "UNet deep", "--epochs", 30,
        "--batch-size", 8, "--seed", 3, "-o", files / "models",
    )  # fmt: skip
    assert code == 0, err
    model = Path(out.split(": loss")[0])
    description = open_model(model)
    assert (description.name, description.training.seed) == ("Square", 3)
    assert model.name == f"13.92_16_{description.loss:.4f}_Square.scnm"

    code, out, err = scseg(
        capsys, "segment", files / "t.mrc", "--model", model, "--slices", "5,2-3",
        "--type", "float32", "-o", files / "out",
    )  # fmt: skip
    assert code == 0, err
    assert out.strip() == str(files / "out" / "t__Square.mrc")
    with mrcfile.open(out.strip()) as mrc:
        assert mrc.data.shape == (3, 64, 64)
        assert mrc.data.dtype == np.float32
        found, truth = mrc.data >= 0.5, np.zeros((3, 64, 64), bool)
    truth[:, 20:32, 20:32] = True
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.8

    code, out, _ = scseg(
        capsys, "segment", files / "t.mrc", "--model", model, "--slices", "4",
        "--type", "mask", "--separate", "-o", files / "out",
    )  # fmt: skip
    assert code == 0
    with mrcfile.open(files / "out" / "t__Square_slice_4.mrc") as mrc:
        assert mrc.data.shape == (64, 64)
        assert set(np.unique(mrc.data)) == {0, 1}
        assert mrc.header.nzstart == 4

    first = (files / "out" / "t__Square.mrc").read_bytes()
    scseg(
        capsys, "segment", files / "t.mrc", "--model", model, "--slices", "2,3,5",
        "--type", "float32", "-o", files / "out",
    )  # fmt: skip
    assert (files / "out" / "t__Square.mrc").read_bytes() == first


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
def test_training_goes_on_from_a_model_and_the_best_epoch_may_be_kept(capsys, files):
    boxes = [f"{place} {place} {z}" for z in (0, 3, 6) for place in (25, 27, 52)]
    (files / "boxes.txt").write_text("\n".join(boxes))
    extracted(capsys, files)
    start = write_model(files, name="Start", architecture="UNet deep", box_size=16, apix=13.92)
    code, _, err = scseg(
        capsys, "train", files / "set.scnt", "--continue", start, "-o", files / "models"
    )
    assert (code, "cannot be read as HDF5" in err) == (1, True)
    arguments = ("train", files / "set.scnt", "--validation", 0.3, "--batch-size", 8)
    code, out, err = scseg(
        capsys, *arguments, "--architecture", "UNet deep", "--epochs", 30, "--keep", "best",
        "-o", files / "models",
    )  # fmt: skip
    assert code == 0, err
    assert "4 positive and 2 negative boxes are learnt from, 2 and 1 held out" in err
    assert "samples per epoch" in err
    first = open_model(Path(out.split(": loss")[0]))
    assert f"validation loss {first.validation_loss:.4f}, Dice {first.validation_dice:.4f}" in out
    judged = (files / "models" / "mask_checkpoints").glob("*.scnm")
    assert first.validation_loss == min(open_model(path).validation_loss for path in judged)
    assert len(list((files / "models").glob("*.scnm"))) == 1

    model = out.split(": loss")[0]
    code, out, err = scseg(
        capsys, *arguments, "--continue", model, "--epochs", 1, "-o", files / "more"
    )
    assert code == 0, err
    assert "optimiser starts afresh" in err
    second = open_model(Path(out.split(": loss")[0]))
    assert second.epochs_trained == first.epochs_trained + 1
    assert second.architecture == "UNet deep"
    assert second.loss < 2, "a new network begins above 4"


@pytest.mark.keras
def test_the_architectures_are_listed(capsys):
    for _ in range(2):
        code, out, _ = scseg(capsys, "train", "--list-architectures")
        assert code == 0
        assert "VGGNet: 1493059 parameters, boxes in multiples of 8. " in out.splitlines()[0]
        assert "\nUNet deep: 922881 parameters, boxes in multiples of 4. " in out


@pytest.mark.keras
def test_ctrl_c_in_training_keeps_what_was_learnt(capsys, files):
    extracted(capsys, files)
    process = subprocess.Popen(
        [sys.executable, "-m", "scseg", "train", files / "set.scnt", "--epochs", "5000",
         "--architecture", "UNet deep", "-o", files / "models"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    checkpoints = files / "models" / "mask_checkpoints"
    deadline = time.monotonic() + 60
    while not (checkpoints / "epoch_0001.scnm").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "stopped" in err
    assert open_model(Path(out.split(": loss")[0])).epochs_trained >= 1


@pytest.mark.keras
def test_altered_weights_of_another_architecture_are_told_by_the_worker(capsys, files):
    model = write_model(files, box_size=16, apix=13.92)
    code, _, err = scseg(capsys, "segment", files / "t.mrc", "--model", model, "-o", files / "out")
    assert code == 1
    assert "HDF5" in err
    assert not list((files / "out").iterdir())


def test_info_of_a_tomogram(capsys, files):
    code, out, _ = scseg(capsys, "info", files / "t.mrc", "--json")
    content = json.loads(out)
    assert code == 0
    assert (content["slices"], content["height"], content["width"]) == (8, 64, 64)
    assert content["apix"] == pytest.approx(13.92, abs=1e-4)


def test_info_of_a_training_set(capsys, files):
    extracted(capsys, files)
    code, out, _ = scseg(capsys, "info", files / "set.scnt", "--json")
    content = json.loads(out)
    assert code == 0
    assert (content["positive_boxes"], content["negative_boxes"]) == (3, 2)


def test_info_of_a_model_and_its_weights(capsys, files):
    model = write_model(files)
    for path in (model, weights_path(model)):
        code, out, _ = scseg(capsys, "info", path, "--json")
        assert code == 0
        assert json.loads(out)["title"] == "VGGNet (1493059, 32, 10.000, 0.0261)"
    code, out, _ = scseg(capsys, "info", model)
    assert code == 0
    assert "VGGNet (1493059" in out


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


def test_bytes_are_signed_or_not_by_the_user_s_word(capsys, files):
    with mrcfile.new(files / "t.mrc", overwrite=True) as mrc:
        mrc.set_data(np.full((8, 64, 64), -56, np.int8))
        mrc.data[:, ::2] = -46
        mrc.voxel_size = 13.92
    for word, centre in (("signed", -51), ("unsigned", 205)):
        assert extracted(capsys, files, "--tomogram-bytes", word)[0] == 0
        assert load_training_set(files / "set.scnt").sources[0].centre == pytest.approx(centre)
