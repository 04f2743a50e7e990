"""A worker that reads nothing, heeds no SIGTERM and does not end: it has to be killed.

With SCSEG_FAKE_HANGS_UP it closes its connection before, as one that is about to crash does.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

from scseg.compute.messages import Ready

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def main(connection: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    connection.send(Ready(0.0))
    if "SCSEG_FAKE_HANGS_UP" in os.environ:
        connection.close()
    threading.Event().wait()
