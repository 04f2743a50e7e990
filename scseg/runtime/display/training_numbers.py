"""The numbers of a training that have sliders: what they are, and within which limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scseg.base.formatting import noun

if TYPE_CHECKING:
    from scseg.models.description import TrainingParameters


@dataclass(frozen=True)
class Number:
    """A slider: `limits` are those of the hand, `legal` those of a number that is typed.

    `shown` has {} where the name of what it `counts` stands.
    """

    field: str
    limits: tuple[float, float]
    legal: tuple[float, float]
    shown: str
    explained: str
    counts: str = ""
    times: float = 1.0
    whole: bool = True

    def shown_value(self, parameters: TrainingParameters) -> float:
        """Return the number as the slider shows it: `times` what it is."""
        return float(getattr(parameters, self.field)) * self.times

    def shown_as(self, parameters: TrainingParameters) -> str:
        """Return the format in which the slider shows the number."""
        return self.shown.format(noun(round(self.shown_value(parameters)), self.counts))

    def changed(self, parameters: TrainingParameters, shown_value: float) -> TrainingParameters:
        """Return the parameters with the number that a slider was moved to, or that was typed."""
        legal = round(max(self.legal[0], min(shown_value, self.legal[1])))
        value = legal if self.whole else round(legal / self.times, 4)
        changed: dict[str, Any] = {self.field: value}
        return replace(parameters, **changed)


NUMBERS = (
    Number(
        "epochs",
        (1, 100),
        (1, 10_000),
        "%.0f {}",
        "How often the network sees the whole training set. 25 is a good start; with too many it learns "
        "the boxes by heart. What begins from a starter that knows the feature may end earlier, once the "
        "boxes have taught enough.",
        counts="epoch",
    ),
    Number(
        "negatives",
        (0, 300),
        (0, 10_000),
        "+%.0f%% negatives",
        "How many more negative than positive samples an epoch has: at +30%, 1.3 for every positive one.",
        times=100.0,
        whole=False,
    ),
    Number(
        "batch_size",
        (1, 128),
        (1, 4096),
        "%.0f batch size",
        "The network is corrected after so many samples. 32 is usually fine.",
    ),
    Number(
        "copies",
        (1, 16),
        (1, 1000),
        "%.0f {}",
        "How often an epoch shows each positive box, every time turned or mirrored another way.",
        counts="copy",
    ),
)
