"""Opening the annotation of a tomogram, for editing where it may be edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.annotations.annotation import Annotation
from scseg.annotations.storage.location import choose_location, is_held, read_contents
from scseg.annotations.storage.saver import Saver, SaveState
from scseg.annotations.storage.writing import AnnotationFile
from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.annotations.crop import Shape
    from scseg.annotations.edits import Step


@dataclass(eq=False)
class OpenAnnotation:
    """An annotation in use, with what writes its file. It is closed once, however often it is asked to.

    Attributes:
        path: its file, which is first written with the first step.
        saver: owns the file; None where another process has it open: then nothing may be changed.
        messages: sentences for the user, told once.
        saved_elsewhere: all of it is kept at another place, where its tomogram was moved to.
        locked_elsewhere: another process had it open for editing: once that is gone, it may be taken over.
        claimed: somebody has changed it, or is about to: it stays open for that.
    """

    annotation: Annotation
    path: Path
    saver: Saver | None
    messages: tuple[str, ...]
    saved_elsewhere: bool = False
    locked_elsewhere: bool = False
    claimed: bool = False

    @property
    def read_only(self) -> bool:
        return self.saver is None

    @property
    def state(self) -> SaveState:
        """How far the file is; plain data, for the status line."""
        return SaveState() if self.saver is None else self.saver.state

    def apply(self, step: Step) -> None:
        """Make a step and queue it for the disk.

        Raises:
            ScsegError: read only, or the annotation is not what it was when the step was made.
        """
        saver = self._writable()
        self.annotation.apply(step)
        saver.submit(step)

    def keep(self, step: Step) -> None:
        """Queue the step of a stroke, which the annotation has applied already, for the disk."""
        self._writable().submit(step)

    def flush(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for everything to be on the disk; tell whether it is."""
        return self.saver is None or self.saver.flush(timeout)

    @property
    def closed(self) -> bool:
        """Whether the file was let go of."""
        return self.saver is None or self.saver.closed

    def rest(self) -> OpenAnnotation:
        """Let go of the file, as `leave` does, and return what it held, to be looked at only.

        To change it, open it anew: another process may have done so meanwhile.
        """
        if self.claimed:
            raise RuntimeError(f"{self.path} is being changed")
        self.leave()
        message = f"{self.path} is at rest, since many annotations are open; show it to change it."
        return OpenAnnotation(self.annotation, self.path, None, (message,))

    def leave(self) -> None:
        """Save, however long that takes, and let go of the file then; returns at once."""
        if self.saver is not None:
            self.saver.leave()

    def give_up(self) -> None:
        """Let go of the file, even if not all of it could be saved; returns at once."""
        if self.saver is not None:
            self.saver.give_up()

    def wait(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the file to be let go of; tell whether it is."""
        return self.saver is None or self.saver.wait(timeout)

    def close(self, timeout: float = 10.0) -> bool:
        """Save, let go of the file, and tell whether everything is on the disk.

        What cannot be saved in time is given up, so `flush` first and ask the user if that fails. A disk
        that does not answer keeps the lock: nobody may write beside what may still be under way.
        """
        return self.saver is None or self.saver.close(timeout)

    def _writable(self) -> Saver:
        if self.saver is None:
            raise ScsegError(" ".join(self.messages))
        self.claimed = True
        return self.saver


def open_annotation(
    tomogram: Path, shape: Shape, wake: Callable[[], None] = lambda: None
) -> OpenAnnotation:
    """Open the annotation of a tomogram of `shape` (z, y, x), an empty one where there is none yet.

    Reads the whole file once, so it belongs into a job; `wake` is called from the saver's thread whenever
    `state` has changed.

    Raises:
        ScsegError: its file is damaged, foreign, of a newer version or of another tomogram; it is left as
            it is.
    """
    place = choose_location(tomogram)
    try:
        contents, mark = read_contents(place, shape)
    except BaseException:
        if place.lock is not None:
            place.lock.release()
        raise
    saver = None
    if place.lock is not None:
        store, let_go = AnnotationFile(place.path, mark), place.lock.release
        saver = Saver(store, contents.snapshot(), wake, let_go=let_go)
    opened = OpenAnnotation(Annotation(contents), place.path, saver, place.messages)
    opened.locked_elsewhere = saver is None and is_held(tomogram)
    return opened


def take_over(
    tomogram: Path, shape: Shape, wake: Callable[[], None] = lambda: None
) -> OpenAnnotation | None:
    """Open anew, as it is now, an annotation that another process had open; None while it is held.

    While it is held this costs one look at its lock; then the whole file is read, so it belongs into a job.
    It may still be that it can only be seen: for another reason, or as a third process was quicker. What was
    opened read only before holds nothing: close and drop it, once this has taken its place.

    Raises:
        ScsegError: as `open_annotation`.
    """
    return None if is_held(tomogram) else open_annotation(tomogram, shape, wake)
