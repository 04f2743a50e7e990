"""What the weights of a model began from, where that was a starter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scseg.models.checked_values import check_range, check_whole

_ALL = 1.0


@dataclass(frozen=True)
class Origin:
    """The name of a starter, its version, the hash of its weights, and what it learnt from.

    `feature` is the one of the starter's that the model is of, empty where it is of another. `kept`: how far
    on the way from there to what was learnt since the model's weights lie, as a part of it.
    """

    starter: str
    version: int
    sha256: str
    trained_on: str
    feature: str = ""
    kept: float = _ALL


def origin_record(origin: Origin) -> dict[str, Any]:
    """Return what files hold of an origin."""
    # Left out as in what was saved before it was told: all of it was learnt further, and kept.
    feature = {"feature": origin.feature} if origin.feature else {}
    kept = {} if origin.kept == _ALL else {"kept": origin.kept}
    return {
        "starter": origin.starter,
        "version": origin.version,
        "sha256": origin.sha256,
        "trained_on": origin.trained_on,
        **feature,
        **kept,
    }


def origin_from_record(record: dict[str, Any]) -> Origin:
    """Return the origin of a record.

    Raises:
        KeyError, TypeError: it is of none.
        ScsegError: a number is out of bounds.
    """
    starter, sha256, trained_on = (record[key] for key in ("starter", "sha256", "trained_on"))
    feature = record.get("feature", "")
    if not all(isinstance(text, str) for text in (starter, sha256, trained_on, feature)):
        raise TypeError("what it began from is not told in text")
    check_whole("version of the starter", record["version"], 1, 10**6)
    kept = record.get("kept", _ALL)
    check_range("what is kept of training", kept, 0, _ALL)
    return Origin(starter, record["version"], sha256, trained_on, feature, kept)
