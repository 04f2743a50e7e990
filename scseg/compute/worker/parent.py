"""The connection of a training run to the process that started it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from scseg.compute.messages import Acknowledged, NewSet

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
        self._news: NewSet | None = None
        self._heard = threading.Event()
        threading.Thread(target=self._listen, name="parent", daemon=True).start()

    def tell(self, reply: Reply) -> None:
        try:
            with self._sending:
                self._connection.send(reply)
        except ConnectionError:
            self.gone = True

    @property
    def is_over(self) -> bool:
        """Whether nobody is there who wants a run to go on."""
        return self.wants_an_end or self.gone

    @property
    def has_news(self) -> bool:
        return self._news is not None

    def take_news(self) -> NewSet | None:
        """Return the latest that was said of the training set, if anything since the last time."""
        self._heard.clear()
        news, self._news = self._news, None
        return news

    def wait(self) -> None:
        """Wait until something is heard, or nothing can be any more."""
        if not (self.has_news or self.is_over):
            self._heard.wait()

    def _listen(self) -> None:
        try:
            while True:
                command = self._connection.recv()
                if isinstance(command, NewSet):
                    self._news = command
                else:
                    self.wants_an_end = True
                    self.tell(Acknowledged())
                self._heard.set()
        except (EOFError, OSError):
            self.gone = True
            self._heard.set()
