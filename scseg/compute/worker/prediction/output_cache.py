"""A cache of the outputs of networks, by window of a slice, so that none is computed twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.base.lru_cache import LruCache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scseg.compute.messages import SliceRequest, TomogramRef
    from scseg.models.description import ModelDescription
    from scseg.models.precision import PrecisionChoice
    from scseg.models.tiling.blending import Patch


@dataclass(frozen=True)
class _Seen:
    """All that an output depends on, beside the window.

    Neither the overlap nor the part of the slice that was asked for is among it, nor where the weights are.
    """

    tomogram: TomogramRef
    z: int
    weights_sha256: str
    apix: float
    normalisation: str
    precision: PrecisionChoice


class OutputCache:
    """The latest outputs of all networks, in a bounded amount of memory."""

    def __init__(self) -> None:
        self._kept: LruCache[tuple[_Seen, Patch], NDArray[np.float32]] = LruCache(
            0, lambda o: o.nbytes
        )

    def limit(self, most_bytes: int) -> None:
        """Keep to so much memory."""
        self._kept.limit(most_bytes)

    @property
    def nbytes(self) -> int:
        return self._kept.nbytes

    def of(self, request: SliceRequest, model: ModelDescription) -> SliceOutputs:
        """Return the outputs for the model and the slice of a request."""
        weights, greys = request.model.weights_sha256, model.normalisation
        seen = _Seen(request.tomogram, request.z, weights, model.apix, greys, request.precision)
        return SliceOutputs(self._kept, seen)


@dataclass(frozen=True, eq=False)
class SliceOutputs:
    _kept: LruCache[tuple[_Seen, Patch], NDArray[np.float32]]
    _seen: _Seen

    def get(self, patch: Patch) -> NDArray[np.float32] | None:
        return self._kept.get((self._seen, patch))

    def __setitem__(self, patch: Patch, output: NDArray[np.float32]) -> None:
        self._kept.put((self._seen, patch), output)
