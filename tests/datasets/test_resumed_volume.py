"""Volumes that a killed process had begun: the file of the next one is that of one that was never stopped."""

from __future__ import annotations

import contextlib
import shutil

import mrcfile
import numpy as np
import pytest

from scseg.datasets import slice_progress
from scseg.datasets.mrc_writer import VolumeWriter
from tests.datasets.makers import tomogram_of

SHAPE = (9, 11, 13)
DIGEST, OTHER = "ab" * 32, "cd" * 32


@pytest.fixture
def values(rng):
    return rng.random(SHAPE, dtype="f4")


class KilledError(Exception):
    pass


def writer(folder, digest=DIGEST, kind="float32"):
    like = tomogram_of(np.zeros(SHAPE))
    return VolumeWriter(folder / "v.mrc", like, range(SHAPE[0]), kind, "x", digest=digest)


def whole(folder, values, digest=DIGEST, kind="float32"):
    folder.mkdir()
    with writer(folder, digest, kind) as file:
        for image in values:
            file.write(image)
    return (folder / "v.mrc").read_bytes()


def killed(folder, values, count, **how):
    """Leave what a process leaves that is killed after `count` slices; return the hidden file."""
    kept = folder / "kept"
    with contextlib.suppress(KilledError), writer(folder, **how) as file:
        for image in values[:count]:
            file.write(image)
        (partial,) = folder.glob(".v.mrc.*-part")
        shutil.copy(partial, kept)
        raise KilledError
    assert not partial.exists()  # it failed, and was not killed
    kept.rename(partial)
    return partial


def gone_on(folder, values, **how):
    """Write what is left; return how many slices were found."""
    with writer(folder, **how) as file:
        found = file.found
        for image in values[found:]:
            file.write(image)
    return found


@pytest.mark.parametrize("kind", ["int8", "float32", "mask"])
@pytest.mark.parametrize("count", [0, 1, 5, 9])
def test_it_goes_on_with_the_same_bytes(tmp_path, values, kind, count):
    expected = whole(tmp_path / "whole", values, kind=kind)
    killed(tmp_path, values, count, kind=kind)
    assert gone_on(tmp_path, values, kind=kind) == count
    assert (tmp_path / "v.mrc").read_bytes() == expected
    assert mrcfile.validate(tmp_path / "v.mrc")
    assert not list(tmp_path.glob(".*"))


def test_fewer_slices_than_were_found_can_be_kept(tmp_path, values):
    expected = whole(tmp_path / "whole", values)
    killed(tmp_path, values, 6)
    with writer(tmp_path) as file:
        file.go_on_after(2)
        for image in values[2:]:
            file.write(image)
    assert (tmp_path / "v.mrc").read_bytes() == expected


def test_what_is_left_of_other_work_is_removed(tmp_path, values):
    expected = whole(tmp_path / "whole", values, OTHER)
    partial = killed(tmp_path, values, 5)
    with writer(tmp_path, OTHER) as file:
        assert file.found == 0
        assert not partial.exists()
        for image in values:
            file.write(image)
    assert (tmp_path / "v.mrc").read_bytes() == expected


@pytest.mark.parametrize("damage", ["cut", "changed", "other head", "empty"])
def test_nothing_damaged_is_taken(tmp_path, values, damage):
    expected = whole(tmp_path / "whole", values)
    partial = killed(tmp_path, values, 5)
    content = bytearray(partial.read_bytes())
    match damage:
        case "cut":
            content = content[:-5]
        case "changed":
            content[1024 + 3] ^= 1
        case "other head":
            content[:16] = b"another program "
        case "empty":
            content.clear()
    partial.write_bytes(content)
    assert gone_on(tmp_path, values) == 0
    assert (tmp_path / "v.mrc").read_bytes() == expected


def test_after_a_power_failure_what_was_forced_to_the_disk_is_taken(tmp_path, values, monkeypatch):
    expected = whole(tmp_path / "whole", values)
    monkeypatch.setattr(slice_progress, "_SECONDS", -1.0)
    forced = killed(tmp_path, values, 3).read_bytes()[:1024]
    monkeypatch.undo()
    # The newest mark counts two slices more, whose pixels never came to the disk.
    partial = killed(tmp_path, values, 5)
    content = bytearray(partial.read_bytes())
    content[88:96] = forced[88:96]
    content[-2 * 11 * 13 * 4 :] = bytes(2 * 11 * 13 * 4)
    partial.write_bytes(content)
    assert gone_on(tmp_path, values) == 3
    assert (tmp_path / "v.mrc").read_bytes() == expected


def test_a_link_in_its_place_is_not_written_through(tmp_path, values):
    partial = killed(tmp_path, values, 2)
    target = tmp_path / "target"
    target.write_bytes(partial.read_bytes())
    before = target.read_bytes()
    partial.unlink()
    partial.symlink_to(target)
    assert gone_on(tmp_path, values) == 0
    assert target.read_bytes() == before


def test_only_a_whole_volume_of_the_same_digest_is_there(tmp_path, values):
    assert not writer(tmp_path).is_there()
    gone_on(tmp_path, values)
    path = tmp_path / "v.mrc"
    assert writer(tmp_path).is_there()
    assert not writer(tmp_path, OTHER).is_there()
    assert not writer(tmp_path, kind="int8").is_there()
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert not writer(tmp_path).is_there()
    path.write_bytes(content + b"x")
    assert not writer(tmp_path).is_there()
