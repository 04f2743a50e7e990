"""The one module that knows operating systems, asked on systems that the test pretends."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from scseg.base import machine

SCSEG = Path(machine.__file__).parents[1]


@pytest.fixture
def on(monkeypatch):
    """Return a function that makes this another system."""
    return lambda name: monkeypatch.setattr(sys, "platform", name)


def test_nothing_else_asks_which_system_this_is():
    asks = re.compile(r"\bsys\.platform\b|\bos\.name\b|\bimport (platform|msvcrt|fcntl|resource)\b")
    asking = {path for path in SCSEG.rglob("*.py") if asks.search(path.read_text(encoding="utf-8"))}
    assert asking == {Path(machine.__file__)}


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_only_linux_may_have_no_display_and_needs_a_program_for_dialogs(on, system, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(machine.shutil, "which", lambda _: None)
    on(system)
    assert machine.has_display() == machine.has_file_dialogs() == (system != "linux")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setattr(machine.shutil, "which", lambda name: "/bin/zenity" * (name == "zenity"))
    assert machine.has_display()
    assert machine.has_file_dialogs()
    assert machine.is_windows() == (system == "win32")
    assert machine.is_linux() == (system == "linux")


def test_windows_locks_far_behind_the_text(on, monkeypatch, tmp_path):
    calls, held = [], []

    def locking(handle, mode, count):
        calls.append((os.lseek(handle, 0, os.SEEK_CUR), mode, count))
        if held:
            raise PermissionError

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(LK_NBLCK=2, locking=locking))
    on("win32")
    with (tmp_path / "lock").open("w") as file:
        machine.lock_at_once(file.fileno())
        held.append(True)
        with pytest.raises(BlockingIOError):
            machine.lock_at_once(file.fileno())
    assert calls == [(1 << 30, 2, 1)] * 2


def test_windows_has_no_owners_limits_or_signals_to_hold_back(on, monkeypatch):
    on("win32")
    for name in ("fcntl", "resource"):  # not there
        monkeypatch.setitem(sys.modules, name, None)
    for name in ("setsid", "geteuid"):
        monkeypatch.delattr(os, name, raising=False)
    ignored = []
    monkeypatch.setattr(
        machine,
        "signal",
        SimpleNamespace(SIGINT=2, SIG_IGN=1, signal=lambda *it: ignored.append(it)),
    )
    assert machine.is_mine(SimpleNamespace(st_uid=-1))
    machine.raise_handle_limit()
    with machine.interrupts_held_back():
        pass
    machine.leave_group()
    assert ignored == [(2, 1)]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owners")
def test_files_of_others_are_theirs():
    assert machine.is_mine(SimpleNamespace(st_uid=os.geteuid()))
    assert not machine.is_mine(SimpleNamespace(st_uid=os.geteuid() + 1))


def test_what_linux_says_of_its_processor(tmp_path, monkeypatch):
    path = tmp_path / "cpuinfo"
    path.write_text(
        "processor\t: 0\nmodel name\t: A Processor\nflags\t\t: fpu avx2\nbugs\t:\n\n"
        "processor\t: 1\nmodel name\t: Another\nflags\t\t: fpu\n"
    )
    monkeypatch.setattr(machine, "_CPU_INFO", path)
    assert machine.processor() == "A Processor"
    assert machine.processor_features() == {"fpu", "avx2"}
    path.unlink()  # not Linux
    assert machine.processor_features() == frozenset()
    assert machine.processor()


def test_a_driver_of_a_graphics_card_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_DRIVERS", (tmp_path / "none", tmp_path / "kfd"))
    assert not machine.has_graphics_driver()
    (tmp_path / "kfd").touch()
    assert machine.has_graphics_driver()
