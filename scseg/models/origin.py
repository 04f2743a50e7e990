"""What the weights of a model began from, where that was a starter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scseg.models.checked_values import check_whole


@dataclass(frozen=True)
class Origin:
    """The name of a starter, its version, the hash of its weights, and what it learnt from."""

    starter: str
    version: int
    sha256: str
    trained_on: str


def origin_record(origin: Origin) -> dict[str, Any]:
    """Return what files hold of an origin."""
    return {
        "starter": origin.starter,
        "version": origin.version,
        "sha256": origin.sha256,
        "trained_on": origin.trained_on,
    }


def origin_from_record(record: dict[str, Any]) -> Origin:
    """Return the origin of a record.

    Raises:
        KeyError, TypeError: it is of none.
        ScsegError: the version is out of bounds.
    """
    starter, sha256, trained_on = (record[key] for key in ("starter", "sha256", "trained_on"))
    if not all(isinstance(text, str) for text in (starter, sha256, trained_on)):
        raise TypeError("what it began from is not told in text")
    check_whole("version of the starter", record["version"], 1, 10**6)
    return Origin(starter, record["version"], sha256, trained_on)
