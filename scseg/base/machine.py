"""What differs between operating systems and computers: nothing else asks which one this is."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DRIVERS = (Path("/proc/driver/nvidia/version"), Path("/dev/kfd"), Path("/dev/dxg"))
"""What there is on Linux with a driver of NVIDIA's or AMD's cards, and where Windows lends its own."""
_CPU_INFO = Path("/proc/cpuinfo")
_DIALOG_PROGRAMS = ("zenity", "kdialog", "matedialog", "qarma")
_LOCKED = 1 << 30
"""Where Windows locks a file, far behind its text: what is locked there cannot be read by others."""
_NICE = 10
_BELOW_NORMAL = 0x4000
"""BELOW_NORMAL_PRIORITY_CLASS of Windows."""
_HANDLES = (8192, 4096, 2048, 1024)
"""Limits to ask for, the best first; macOS refuses more than some 10,000, and may refuse less."""


def is_windows() -> bool:
    return sys.platform == "win32"


def is_linux() -> bool:
    return sys.platform.startswith("linux")


def has_graphics_driver() -> bool:
    """Tell whether there is a driver of a graphics card that can compute, as far as Linux shows that."""
    return any(path.exists() for path in _DRIVERS)


def has_display() -> bool:
    """Tell whether a window can be shown; only on Linux there are computers without."""
    return not is_linux() or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def has_file_dialogs() -> bool:
    """Tell whether the system has dialogs for files of its own; Linux needs a program for that."""
    return sys.platform in ("win32", "darwin") or any(map(shutil.which, _DIALOG_PROGRAMS))


def processor_features() -> frozenset[str]:
    """Return what the processor can do, in Linux' words such as `avx2`; nothing elsewhere."""
    return frozenset(_cpu_info("flags").split())


def processor() -> str:
    """Return the name of the processor, as far as the system tells it."""
    return _cpu_info("model name") or platform.processor() or platform.machine()


def system() -> str:
    """Return the name and the version of the operating system, and the kind of processor it is made for."""
    return f"{platform.platform()} ({platform.machine()})"


def lock_at_once(handle: int) -> None:
    """Lock an open file for this process.

    Raises:
        BlockingIOError: another has locked it.
        OSError: files cannot be locked on this disk.
    """
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - of Windows alone

        os.lseek(handle, _LOCKED, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
    else:
        import fcntl  # noqa: PLC0415 - of all others

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_mine(status: os.stat_result) -> bool:
    """Tell whether a file belongs to this user; Windows does not tell."""
    return sys.platform == "win32" or status.st_uid == os.geteuid()


def raise_handle_limit() -> None:
    """Let this process and those it starts open as many files as the system permits, up to 8,192.

    Windows has no such limit.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in _HANDLES:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft == resource.RLIM_INFINITY or soft >= limit:
            return
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            return


@contextlib.contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Start a process in here: Ctrl+C does not reach it before `leave_group`. Not needed on Windows."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_group() -> None:
    """Have this process take no signals for the terminal or the job of whoever started it."""
    # Ctrl+C in a terminal, or the end that a batch system sends to a job, reaches all processes of a group;
    # what it means is for the parent to decide.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        os.setsid()


def give_way() -> None:
    """Let all other processes of this machine come before this one, as far as the system allows it."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - Windows alone has what is asked for

        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()), _BELOW_NORMAL)
    else:
        os.nice(max(0, _NICE - os.nice(0)))


def cores_lent() -> int:
    """Return how many cores the system lets this process use; only Linux tells less than there are."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpu_info(key: str) -> str:
    """Return what Linux says of the first processor; nothing elsewhere."""
    try:
        lines = _CPU_INFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return ""
    named = (line.partition(":") for line in lines)
    return next((value.strip() for name, _, value in named if name.strip() == key), "")
