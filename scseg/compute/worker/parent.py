"""The process that started a training run, as the run sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from scseg.compute.messages import Reply


class Parent:
    """Tells the parent of progress, and notices when it wants an end or is gone.

    A run whose parent is `gone` goes on to the end of its epoch, so that nothing learnt is lost.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._end_wanted = False
        self.gone = False

    def tell(self, reply: Reply) -> None:
        try:
            self._connection.send(reply)
        except ConnectionError:
            self.gone = True

    def wants_an_end(self) -> bool:
        """Take in what was said: during a run, both Stop and Quit ask for its end."""
        try:
            while not self.gone and self._connection.poll():
                self._connection.recv()
                self._end_wanted = True
        except (EOFError, ConnectionError):
            self.gone = True
        return self._end_wanted
