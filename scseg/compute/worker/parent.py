"""The connection of a training run to the process that started it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from scseg.compute.messages import Acknowledged

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from scseg.compute.messages import Reply


class ParentConnection:
    """Tells the parent of progress, and notices when it wants an end or is gone.

    It listens in a thread of its own, and answers what it hears with `Acknowledged` at once: so the
    parent knows a run that has a long batch to finish from one that hangs. A run whose parent is `gone`
    goes on to the end of its epoch, so that nothing learnt is lost.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self.wants_an_end = False
        """During a run, both Stop and Quit ask for its end."""
        self.gone = False
        threading.Thread(target=self._listen, name="parent", daemon=True).start()

    def tell(self, reply: Reply) -> None:
        try:
            with self._sending:
                self._connection.send(reply)
        except ConnectionError:
            self.gone = True

    def _listen(self) -> None:
        try:
            while True:
                self._connection.recv()
                self.wants_an_end = True
                self.tell(Acknowledged())
        except (EOFError, OSError):
            self.gone = True
