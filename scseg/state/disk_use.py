"""What the program keeps of its own on the disk, as plain data: which kinds there are, and what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class StoredKind:
    """`id` is what the command line calls it; what is not `removable` is for the user alone to remove."""

    id: str
    title: str
    explained: str
    removable: bool = True


KINDS = (
    StoredKind(
        "unpacked",
        "Unpacked tomograms",
        "Copies of tomograms that cannot be read as they are. Each is made again when it is opened.",
    ),
    StoredKind("demo", "Demo tomogram", "It is simulated again when it is asked for."),
    StoredKind("logs", "Logs", "What the processes for the networks print while they run."),
    StoredKind(
        "checkpoints",
        "Checkpoints",
        "What models that are not saved had learnt before: all but the newest and the best.",
    ),
    StoredKind(
        "models",
        "Models from the window",
        "What was learnt in the window. What no session needs goes after two weeks.",
    ),
    StoredKind(
        "exports",
        "Exports",
        "The queue of the stage Export, and copies of the models in it. Volumes lie where you wanted them.",
    ),
    StoredKind(
        "annotations",
        "Annotations",
        "Of tomograms beside which nothing can be written. They are your work, and stay.",
        removable=False,
    ),
    StoredKind(
        "settings",
        "Settings and sessions",
        "What the next start goes on with. They are small, and stay.",
        removable=False,
    ),
)


@dataclass(frozen=True)
class StoredItem:
    """One thing that is kept. `path` is a file or a folder, `files` are what removing it removes.

    `written` is when the last of these was (seconds since 1970), `in_use` tells why it stays, in a few words.
    With `unsaved` it cannot be made or had again.
    """

    kind: str
    what: str
    path: Path
    files: tuple[Path, ...]
    nbytes: int
    written: float
    in_use: str = ""
    unsaved: bool = False

    @property
    def fate(self) -> str:
        """Why it stays, or what is lost when it is removed."""
        saved = "Not saved yet." if self.unsaved else "Saved, too: this copy is not needed."
        return self.in_use or saved


@dataclass(frozen=True)
class StoredItems:
    """`whole` tells that all was looked at: of very many files, not all are."""

    entries: tuple[StoredItem, ...] = ()
    whole: bool = True

    def of(self, kind: StoredKind) -> tuple[StoredItem, ...]:
        return tuple(each for each in self.entries if each.kind == kind.id)

    def removable(self, kind: StoredKind) -> tuple[StoredItem, ...]:
        """Return what of a kind may be removed now."""
        return tuple(each for each in self.of(kind) if kind.removable and not each.in_use)


@dataclass(frozen=True)
class RemovalResult:
    """How much was removed, and sentences on what was not, and why."""

    nbytes: int = 0
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class DiskUsePage:
    """What the page of the window shows: None before it was first looked at.

    While it is `busy` something is looked for or removed; `asked` is what the user is asked about.
    """

    listing: StoredItems | None = None
    busy: bool = False
    asked: tuple[StoredItem, ...] = ()


def newest(entries: tuple[StoredItem, ...]) -> float:
    """Return when the last of some entries was written."""
    return max(each.written for each in entries)


def total(entries: tuple[StoredItem, ...]) -> int:
    return sum(each.nbytes for each in entries)
