"""The program is asked to end from outside: by the end of a desktop session or terminal, by Ctrl+C."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = ("SIGTERM", "SIGHUP", "SIGINT")


@contextlib.contextmanager
def ended_by_signals(ask_to_end: Callable[[], None]) -> Iterator[None]:
    """Let the system's signals ask, as the user's *Quit* does, instead of ending the process at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    # Whoever started the program may want it to outlive the terminal (nohup).
    heeded = [each for each in numbers if signal.getsignal(each) is not signal.SIG_IGN]
    usual = {number: signal.signal(number, lambda *_: ask_to_end()) for number in heeded}
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
