"""What the window and the worker processes say to each other: small frozen dataclasses, pickled.

A prediction request holds all that its answer depends on, so the request itself is the key under which
an answer is kept: there are no numbers to match and no stale answers. Arrays go one way only, from the
worker; the worker reads tomograms, training sets and weights from the files it is told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scseg.compute.demo_messages import DemoMade, DemoProgress, DemoRequest
from scseg.compute.system_messages import SystemRequest, SystemTold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scseg.base.rect import Rect
    from scseg.models.description import TrainingParameters
    from scseg.models.precision import Precision, PrecisionChoice
    from scseg.models.sampling import Counts

PredictionMode = Literal["tiles", "whole"]


@dataclass(frozen=True)
class TomogramRef:
    """A tomogram as a worker has to open it.

    `apix` (A) and `signed` (of mode 0) are the user's word where it differs from the file's, else None.
    `mtime_ns` makes a file that was written anew another tomogram.
    """

    path: str
    apix: float | None
    signed: bool | None
    mtime_ns: int


@dataclass(frozen=True)
class ModelRef:
    """A model file (.scnm) with certain weights: the hash makes retrained weights another model."""

    path: str
    weights_sha256: str


@dataclass(frozen=True)
class SliceRequest:
    """Predict a slice with one model. `z` counts from 0; `overlap` of tiles is 0 to 0.67.

    `averaging` is the number of orientations, 1 to 8, whose outputs are averaged. `region` is in
    the tomogram's pixels; None is the whole slice. `precision` is that of the network's products, as it
    was chosen: the worker knows what that means on its device.
    """

    tomogram: TomogramRef
    model: ModelRef
    z: int
    overlap: float
    mode: PredictionMode = "tiles"
    averaging: int = 1
    region: Rect | None = None
    precision: PrecisionChoice = "float32"


@dataclass(frozen=True)
class WantedSlices:
    """All that is wanted from the prediction worker now, in order; what it was asked before lapses.

    In `cache_bytes` of memory it keeps what networks said, so that little changes cost little. `answered`
    is how many of its answers (`SliceDone`, or `Failed`) had come when this was said: what it has answered
    since is on its way, and is not done again.
    """

    requests: tuple[SliceRequest, ...]
    cache_bytes: int = 0
    answered: int = 0


@dataclass(frozen=True)
class TrainingRequest:
    """Train a model called `name`, `colour` RGB 0..1, on a training set (.scnt).

    The model ends up in `folder`, its checkpoints in a folder inside. With `start_from`, a model (.scnm),
    training goes on from its weights. A `live` run learns for as long as it is not told to stop, from a set
    that need not be there yet, and is written anew meanwhile: see `NewSet`.
    """

    training_set: str
    folder: str
    name: str
    colour: tuple[float, float, float]
    architecture: str
    parameters: TrainingParameters
    start_from: str | None = None
    live: bool = False


@dataclass(frozen=True)
class BoxesRequest:
    """Predict the boxes of a training set (.scnt) with this `fingerprint`, as they are learnt from."""

    training_set: str
    fingerprint: str
    model: ModelRef
    precision: PrecisionChoice = "float32"


@dataclass(frozen=True)
class Stop:
    """Stop training after this batch and keep what was learnt."""


@dataclass(frozen=True)
class NewSet:
    """The training set of a live run has been written: learn from what it holds now.

    With `nothing`, what was in it is no longer there: learn no more until it is written again.
    """

    nothing: bool = False


@dataclass(frozen=True)
class Quit:
    """End the process."""


@dataclass(frozen=True)
class Ready:
    """The worker has imported its libraries, which took `seconds` of processor time, and listens.

    `engine` names what runs its networks, with its version: results depend on it. `fast` is the precision in
    which that is fastest, and what `auto` means.
    """

    seconds: float
    engine: str = ""
    fast: Precision = "float32"


@dataclass(frozen=True)
class Acknowledged:
    """The worker has read a `WantedSlices`, and is ready to be told of another; or it has read a `Stop`."""


@dataclass(frozen=True)
class Band:
    """Finished rows of a prediction, from row `y` on, in the tomogram's pixels: float32, 0..1.

    They are (rows, columns of the request's region), and from one request they come from the top on.
    """

    request: SliceRequest
    y: int
    values: NDArray[np.float32]


@dataclass(frozen=True)
class SliceDone:
    """All bands of a request have been sent. `network_seconds` is the time spent in the network itself.

    `notices` are sentences for the user, such as a pixel size that differs from the model's. `faster` is
    how many times faster whole-slice mode is here than tiles, for this model, slice and overlap; None
    until both have been measured.
    """

    request: SliceRequest
    network_seconds: float
    notices: tuple[str, ...]
    faster: float | None = None


@dataclass(frozen=True)
class BoxesPredicted:
    """The predictions of some boxes, in the order of the set: float32 (n, box, box), 0..1."""

    values: NDArray[np.float32]


@dataclass(frozen=True)
class TrainingStarted:
    """What a run amounts to, told once before its first batch; `weights` is how many the network has.

    `epochs` may be fewer than were asked for, if so many are enough. `boxes` are learnt from, `held_out` are
    judged by and not learnt from.
    """

    weights: int
    epochs: int
    boxes: Counts
    held_out: Counts
    notices: tuple[str, ...]


@dataclass(frozen=True)
class BatchDone:
    """One batch was learnt: `epoch` and `batch` count from 0, `loss` is the epoch's mean so far.

    `fraction` is what part of the run is done, `seconds_left` what the rest of it will take, None as long as
    that is not known. `notice` is a sentence for the user, such as that memory was too small for the batch;
    nothing where there is nothing to tell.
    """

    epoch: int
    batch: int
    loss: float
    fraction: float
    seconds_left: float | None = None
    notice: str = ""


@dataclass(frozen=True)
class Resting:
    """A live run has learnt what it can from its set, or has none, and waits for a new one."""


@dataclass(frozen=True)
class Validation:
    """How a network does on the boxes held out: the loss of training, and Dice at 0.5."""

    loss: float
    dice: float


@dataclass(frozen=True)
class EpochDone:
    """An epoch's checkpoint is on disk as a complete model; `validation` None if no box is held out."""

    epoch: int
    loss: float
    model: ModelRef
    validation: Validation | None = None


@dataclass(frozen=True)
class TrainingDone:
    """The run has ended, `stopped` early or not, and `model` holds what was learnt.

    `best` is the model of the epoch that did best on the boxes held out; None if none were, or if no
    epoch was completed.
    """

    model: ModelRef
    loss: float
    stopped: bool
    best: ModelRef | None = None


@dataclass(frozen=True)
class Failed:
    """A request came to nothing. `sentence` is for the user; `details` (a traceback) only for bugs.

    `request` is None when the process itself died: `sentence` then tells the `cause`, which also stands
    alone, in a few words. With `restarted`, a new process is at work on what was wanted, and does it from
    the start.
    """

    request: SliceRequest | BoxesRequest | TrainingRequest | DemoRequest | None
    sentence: str
    details: str = ""
    restarted: bool = False
    cause: str = ""


Command = (
    WantedSlices
    | BoxesRequest
    | TrainingRequest
    | DemoRequest
    | SystemRequest
    | NewSet
    | Stop
    | Quit
)
Reply = (
    Ready
    | Acknowledged
    | Band
    | SliceDone
    | BoxesPredicted
    | TrainingStarted
    | BatchDone
    | Resting
    | EpochDone
    | TrainingDone
    | DemoProgress
    | DemoMade
    | SystemTold
    | Failed
)
