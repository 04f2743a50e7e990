"""The number of files that may be open: raised as far as it goes; where it is reached, nothing is lost."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.annotations.storage import location
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.read_only import read_annotation
from scseg.base.errors import ScsegError
from scseg.base.files import handle_limit
from scseg.base.files.writing import write_errors_as_sentences

resource = pytest.importorskip("resource", reason="Windows has no such limit")

RAISE = """
import resource, sys
soft, hard = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
from scseg.base.machine import raise_handle_limit
raise_handle_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""

USED_UP = """
import contextlib, os, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
from scseg.annotations import steps
from scseg.annotations.storage import saver
from scseg.annotations.feature import Feature
from scseg.annotations.storage.opening import open_annotation
from scseg.datasets.tomogram import open_tomogram
from scseg.base.errors import ScsegError

taken = []

def use_up():
    with contextlib.suppress(OSError):
        while True:
            taken.append(os.dup(0))

def give_back():
    while taken:
        os.close(taken.pop())

def said(function, *arguments):
    try:
        function(*arguments)
    except ScsegError as error:
        print(error)

saver.RETRY_SECONDS = 0.01
path, shape = Path(sys.argv[1]), (3, 4, 5)
tomogram = open_tomogram(path)
opened = open_annotation(path, shape)
for name in ("a", "b"):
    opened.apply(steps.add_feature(opened.annotation.contents, Feature(name, (1, 0, 0))))
    if name == "a":
        assert opened.flush(10)
        use_up()
assert not opened.flush(0.2)
print(opened.state.problem)
said(tomogram.slice, 0)
said(open_tomogram, path)
said(open_annotation, path.with_name("other.mrc"), shape)
give_back()
assert opened.flush(10)
assert opened.state.problem is None
print(tomogram.slice(0).sum())
opened.close()
"""


def run(script, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("before", "after"),
    [((256, 4000), "4000 4000"), ((300, 300), "300 300"), ((256, 10_000), "8192 10000")],
)
def test_the_limit_goes_up_as_far_as_the_system_permits(before, after):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < before[1]:
        pytest.skip(f"no more than {hard} files may be open here")
    assert run(RAISE, *before) == [after]


def test_what_is_drawn_waits_for_handles_and_everything_else_is_told(tmp_path):
    path = tmp_path / "t.mrc"
    with mrcfile.new(path) as file:
        file.set_data(np.ones((3, 4, 5), np.float32))
    problem, unread, unopened, other, read = run(USED_UP, path)
    assert problem == f"Cannot write {path}.scna: {handle_limit.REMEDY}."
    assert unread == unopened == f"Cannot read {path}: {handle_limit.REMEDY}."
    assert other == f"Cannot open {tmp_path / 'other.mrc.scna'}: {handle_limit.REMEDY}."
    assert read == "20.0"
    assert [each.name for each in read_annotation(path, (3, 4, 5)).features] == ["a", "b"]


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_an_annotation_is_not_begun_elsewhere_for_want_of_handles(tmp_path, monkeypatch, number):
    def take(path):
        raise OSError(number, "too many", str(path))

    tomogram = tmp_path / "t.mrc"
    with monkeypatch.context() as patch:
        patch.setattr(location.Lock, "acquire", take)
        with pytest.raises(ScsegError, match=handle_limit.REMEDY):
            open_annotation(tomogram, (3, 4, 5))
    opened = open_annotation(tomogram, (3, 4, 5))
    assert opened.path == location.annotation_path(tomogram)
    assert opened.messages == ()
    opened.close()


def test_each_refusal_tells_the_remedy():
    with (
        pytest.raises(ScsegError, match=f"^Cannot write a: {handle_limit.REMEDY}\\.$"),
        write_errors_as_sentences(Path("a")),
    ):
        raise OSError(errno.EMFILE, "Too many open files")
    assert not handle_limit.is_out_of_handles(OSError(errno.ENOSPC, "full"))
    assert not handle_limit.is_out_of_handles(ValueError())
