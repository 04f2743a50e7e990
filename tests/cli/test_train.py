"""Training from the command line."""

from __future__ import annotations

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

from scseg.api import training
from scseg.cli import main, train
from scseg.compute.messages import ModelRef, TrainingDone
from scseg.models.description import TrainingParameters
from scseg.models.files import open_model
from tests.cli.commands import extracted, scseg
from tests.fakes.models import write_model


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

    code, out, err = scseg(capsys, "check", model, files / "set.scnt")
    assert code == 0, err
    assert float(re.search(r"best threshold 0\.\d\d: Dice ([01]\.\d+)", out)[1]) > 0.8

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


def test_the_architectures_are_listed(capsys):
    code, out, _ = scseg(capsys, "train", "--list-architectures")
    assert code == 0
    assert "VGGNet: 1493059 parameters, boxes in multiples of 8. " in out.splitlines()[0]
    assert "\nUNet deep: 922881 parameters, boxes in multiples of 4. " in out


@pytest.mark.keras
@pytest.mark.parametrize("group", [False, True], ids=["Ctrl+C", "a batch system's end of all"])
def test_a_signal_in_training_keeps_what_was_learnt(capsys, files, group):
    extracted(capsys, files)
    process = subprocess.Popen(
        [sys.executable, "-m", "scseg", "train", files / "set.scnt", "--epochs", "5000",
         "--architecture", "UNet deep", "-o", files / "models"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    checkpoints = files / "models" / "mask_checkpoints"
    deadline = time.monotonic() + 60
    while not (checkpoints / "epoch_0001.scnm").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    if group:
        os.killpg(process.pid, signal.SIGTERM)
    else:
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "stopped" in err
    assert open_model(Path(out.split(": loss")[0])).epochs_trained >= 1


def run_that_left(folder, **best):
    """Return a training's end that left a last model, loss 0.3, and a best checkpoint."""
    last = write_model(folder, loss=0.3)
    (folder / "checkpoints").mkdir()
    checkpoint = write_model(folder / "checkpoints", **best)
    refs = [ModelRef(str(path), open_model(path).weights_sha256) for path in (last, checkpoint)]
    return TrainingDone(refs[0], 0.3, stopped=False, best=refs[1])


@pytest.mark.parametrize("loss", [0.3, 0.2], ids=["the last epoch too", "another epoch"])
def test_the_best_epoch_takes_the_place_of_the_last(tmp_path, loss):
    done = run_that_left(tmp_path, loss=loss, validation_loss=0.4, validation_dice=0.7)
    best = training._best(done, tmp_path)
    assert best.name == f"10.00_32_{loss:.4f}_Membrane.scnm"
    assert list(tmp_path.glob("*.scnm")) == [best]
    assert open_model(best).validation_dice == 0.7


def requested(arguments):
    parsed = main._parsed([str(each) for each in arguments])
    return training.training_request(parsed.training_set, parsed.output, train._choices(parsed))


def test_every_option_reaches_the_training(capsys, files):
    extracted(capsys, files)
    options = (
        "--epochs", 7, "--negatives", 1.5, "--batch-size", 9, "--copies", 3, "--learning-rate", 0.01,
        "--validation", 0.25, "--augmentation", "strong", "--seed", 5, "--no-gpu",
    )  # fmt: skip
    more = ("--architecture", "UNet BN", "--name", "Mine", "-o", files / "models")
    arguments = ["train", files / "set.scnt", *options, *more]
    request = requested(arguments)
    assert request.parameters == TrainingParameters(
        7, 1.5, 9, 3, 0.01, 5, 0.25, "strong", gpu=False
    )
    assert (request.architecture, request.name) == ("UNet BN", "Mine")
    assert request.folder == str(files / "models")
    usual = requested(["train", files / "set.scnt", "-o", files])
    assert usual.parameters == TrainingParameters()
