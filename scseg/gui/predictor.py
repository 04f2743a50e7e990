"""Between the session and the prediction worker: asks for what is in view, keeps what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scseg import preview
from scseg.compute.messages import Band, Failed, SliceDone, SliceRequest
from scseg.gui.ui import Mask
from scseg.preview import Predictions

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.compute.messages import Reply
    from scseg.session import OpenTomogram, Session


class Client(Protocol):
    """The part of compute.client.PredictionClient that is used here."""

    @property
    def ready(self) -> bool: ...
    @property
    def busy(self) -> bool: ...
    def want(self, requests: tuple[SliceRequest, ...]) -> None: ...
    def drain(self) -> list[Reply]: ...
    def restart(self) -> None: ...
    def close(self) -> None: ...


class Predictor:
    """Starts the worker with the first model, so that a window without models costs no process."""

    def __init__(self, session: Session, start: Callable[[], Client]) -> None:
        self.predictions = Predictions()
        self._session = session
        self._start = start
        self._client: Client | None = None
        self._asked: tuple[SliceRequest, ...] = ()

    def update(self) -> None:
        """Take in what has come and ask for what is wanted now; to be called before every frame."""
        if self._client is not None:
            for reply in self._client.drain():
                self._take(reply)
        wanted = preview.resolve(self._session)
        if wanted == self._asked:
            return
        if self._client is None:
            self._client = self._start()
        self._asked = wanted
        self._client.want(self.predictions.missing(wanted))

    def masks(self, opened: OpenTomogram, z: int) -> tuple[Mask, ...]:
        """Return what is known of a slice from the models that are shown."""
        found = []
        for model in self._session.models:
            wanted = preview.request(opened, model, z)
            if wanted is None or not (model.display.active and model.display.show):
                continue
            prediction = self.predictions.get(wanted)
            if prediction is not None:
                found.append(Mask(model, wanted, prediction, len(prediction.bands)))
        return tuple(found)

    @property
    def status(self) -> str:
        """What the worker is doing, in a few words for the status line."""
        visible = preview.visible(self._session)
        if self._client is None or not visible:
            return ""
        fraction = self.predictions.fraction(visible)
        if fraction == 1.0:
            return ""
        if not self._client.ready:
            return "network starting"
        return f"predicting {100 * fraction:.0f} %" if self._client.busy else ""

    def restart(self) -> None:
        """Start the worker process anew."""
        if self._client is not None:
            self._client.restart()

    def close(self) -> None:
        """End the worker process."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _take(self, reply: Reply) -> None:
        match reply:
            case Band(request=request):
                opened = self._session.tomogram_of(request.tomogram)
                if opened is not None:
                    self.predictions.add(reply, opened.shape[1:])
            case SliceDone(request=request, notices=notices):
                self.predictions.finish(request)
                for sentence in notices:
                    self._session.notify_once("warning", sentence)
            case Failed(sentence=sentence, details=details):
                self._session.notify("error", sentence, details)
