"""Which process the system serves first."""

from __future__ import annotations

import os
import sys

_NICE = 10
_BELOW_NORMAL = 0x4000
"""BELOW_NORMAL_PRIORITY_CLASS of Windows."""


def give_way() -> None:
    """Let all other processes of this machine come before this one, as far as the system allows it."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - Windows alone has what is asked for

        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()), _BELOW_NORMAL)
    else:
        os.nice(max(0, _NICE - os.nice(0)))
