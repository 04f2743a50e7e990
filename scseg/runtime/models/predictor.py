"""Between the session and the prediction worker: asks for what is in view, keeps what comes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from scseg.base.rect import Rect
from scseg.compute.messages import Band, Failed, Ready, SliceDone, SliceRequest
from scseg.compute.prediction_rates import PredictionRates
from scseg.preview import needed_slices
from scseg.preview.predictions import Predictions
from scseg.runtime.models.slice_batches import serve
from scseg.runtime.on_screen import ShownPrediction

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.compute.messages import ModelRef, Reply
    from scseg.models.precision import Precision
    from scseg.preview.predictions import Prediction
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

    Known = tuple[SliceRequest, Prediction | None]
    """What was asked, and as much of the answer as has come."""


class Client(Protocol):
    """The part of compute.prediction_client.PredictionClient that is used here."""

    @property
    def ready(self) -> bool: ...
    @property
    def busy(self) -> bool: ...
    def want(self, requests: tuple[SliceRequest, ...], cache_bytes: int = 0) -> None: ...
    def drain(self) -> list[Reply]: ...
    def restart(self) -> None: ...
    def close(self) -> None: ...


class Predictor:
    """Starts the worker as soon as a model is near: before anything is asked of it, its libraries are there.

    A window without models costs no process.
    """

    def __init__(self, session: Session, start: Callable[[], Client]) -> None:
        self.predictions = Predictions()
        self._session = session
        self._start = start
        self._client: Client | None = None
        self._engine: tuple[str, Precision] | None = None
        self._asked: tuple[tuple[SliceRequest, ...], int] = (), 0
        self._failed: set[SliceRequest] = set()
        self._told: set[str] = set()
        self._faster: dict[ModelRef, float] = {}
        self.rates = PredictionRates()

    def update(self) -> None:
        """Take in what has come and ask for what is wanted now; to be called before every frame."""
        if self._client is not None:
            for reply in self._client.drain():
                self._take(reply)
        serve(self._session, self.predictions, self._failed)
        wanted = needed_slices.all_needed(self._session)
        share = self._session.settings.prediction_cache_mb << 19
        if self._client is None and (wanted or self._session.models):
            self._client = self._start()
        if (wanted, share) == self._asked:
            return
        self._asked = wanted, share
        self._failed &= set(wanted)
        self.predictions.limit(max(share, self._needed(wanted)))
        if self._client is not None:
            missing = self.predictions.missing(wanted)
            asked = tuple(each for each in missing if each not in self._failed)
            self._client.want(asked, share)

    def masks(self, opened: OpenTomogram, z: int) -> tuple[ShownPrediction, ...]:
        """Return what is known of a slice from the models that are shown."""
        known, part = self.known(opened, z), needed_slices.shown_part(opened)
        found = []
        for model in self._session.models:
            wanted, prediction = known.get(model.id, (None, None))
            if wanted is not None and prediction is not None and model.display.show:
                revision = prediction.revision
                found.append(ShownPrediction(model, wanted, prediction, revision, region=part))
        return tuple(found)

    def known(self, opened: OpenTomogram, z: int) -> dict[str, Known]:
        """Return what there is of a slice from each active model, by its id, and what it answers."""
        asked = needed_slices.requests_of_slice(self._session, opened, z)
        return {
            model.id: self._latest(model, asked[model.id])
            for model in self._session.models
            if model.id in asked
        }

    def _latest(self, model: Model, wanted: SliceRequest) -> Known:
        """Return what was learnt before, until what is new is complete."""
        prediction = self.predictions.get(wanted)
        if prediction is not None and prediction.complete:
            return wanted, prediction
        for ref in model.before:
            old = replace(wanted, model=ref)
            known = self.predictions.get(old)
            if known is not None and known.complete:
                return old, known
        return wanted, prediction

    @property
    def fraction(self) -> float:
        """How much of what is in view has come, 0 to 1; 1 also where nothing more is on its way."""
        visible = needed_slices.needed_in_view(self._session)
        if self._client is None or not visible or not self._client.busy:
            return 1.0
        return self.predictions.fraction(visible)

    @property
    def settled(self) -> bool:
        """Whether all of what is in view is there, as far as it will come."""
        return self.fraction == 1.0

    @property
    def status(self) -> str:
        """What the worker is doing, in a few words for the status line."""
        fraction = self.fraction
        if self._client is None or fraction == 1.0:
            return ""
        return f"predicting {100 * fraction:.0f} %" if self._client.ready else "network starting"

    def faster(self, model: Model) -> float | None:
        """Return how many times faster whole-slice mode was here than tiles; None if nobody knows yet."""
        return None if model.ref is None else self._faster.get(model.ref)

    def restart(self) -> None:
        """Start the worker process anew; what failed may be tried again, and told again."""
        self._failed.clear()
        self._told.clear()
        self._asked = (), 0
        if self._client is not None:
            self._client.restart()

    def close(self) -> None:
        """End the worker process."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _take(self, reply: Reply) -> None:
        match reply:
            case Ready(engine=engine, fast=fast):
                self._note_engine(engine, fast)
            case Band(request=request):
                opened = self._session.tomogram_of(request.tomogram)
                if opened is not None:
                    self.predictions.add(reply, opened.shape[1:])
            case SliceDone(request=request, notices=notices, faster=faster):
                self.predictions.finish(request)
                self._note_rate(request, reply.network_seconds)
                if faster is not None:
                    self._faster[request.model] = faster
                for sentence in notices:
                    self._session.notify_once("warning", sentence)
            case Failed(request=request, sentence=sentence, details=details):
                self._fail(request, sentence, details)

    def _note_engine(self, engine: str, fast: Precision) -> None:
        """Note what predicts; what another has predicted is forgotten."""
        if self._engine not in (None, (engine, fast)):
            self.predictions.clear()
            self._asked = (), 0
        self._engine = engine, fast
        self._session.fast_precision = fast

    def _note_rate(self, request: SliceRequest, seconds: float) -> None:
        """Note how long a slice has taken, or its crop: of that, urgent parts have come before."""
        opened = self._session.tomogram_of(request.tomogram)
        if opened is None or opened.apix is None:
            return
        part, shown = (
            request.region or Rect.whole(opened.shape[1:]),
            needed_slices.shown_part(opened),
        )
        pixels = part.height * part.width
        is_whole = pixels >= shown.height * shown.width
        self.rates.note(request, pixels * opened.apix**2 if is_whole else 0.0, seconds)

    def _fail(self, request: object, sentence: str, details: str) -> None:
        """Tell a failure: a model that cannot work would else tell it again with every slice."""
        if not isinstance(request, SliceRequest):
            self._session.notify("error", sentence, details)
            return
        if request not in self._asked[0]:
            # Its weights may be gone with the epoch that they were of.
            return
        self._failed.add(request)
        if sentence not in self._told:
            self._told.add(sentence)
            self._session.notify("error", sentence, details)

    def _needed(self, wanted: tuple[SliceRequest, ...]) -> int:
        """Return the bytes of what is wanted: that much is kept whatever the settings say."""
        needed = 0
        for request in wanted:
            opened = self._session.tomogram_of(request.tomogram)
            if opened is not None:
                # A crop is kept beside the slice that it is a part of.
                needed += 2 * opened.shape[1] * opened.shape[2] * 4
        return needed
