"""Opening the annotation of a tomogram for editing, or read only where another process edits it."""

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
    """The annotation of a tomogram that is open, with the thread that writes its file.

    Attributes:
        annotation: its contents, and the masks on screen.
        path: its file (.scna), which the first step creates.
        saver: writes the file in a thread; None where the annotation is read only.
        messages: sentences for the user on how it was opened, to be shown once.
        saved_elsewhere: it was copied to where its tomogram was moved to, and all of it is there.
        locked_elsewhere: another process had it open for editing when it was opened; see `take_over`.
        claimed: it has been changed in this window, or is about to be, so its file stays open.
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
        """How many steps are on the disk; plain data, for the status line."""
        return SaveState() if self.saver is None else self.saver.state

    def apply(self, step: Step) -> None:
        """Apply a step to the annotation and queue it for the disk.

        Raises:
            ScsegError: read only, or the annotation is not what it was when the step was made.
        """
        saver = self._writable()
        self.annotation.apply(step)
        saver.submit(step)

    def keep(self, step: Step) -> None:
        """Queue a step for the disk that the annotation has applied already, as it does with strokes."""
        self._writable().submit(step)

    def flush(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for everything to be on the disk; tell whether it is."""
        return self.saver is None or self.saver.flush(timeout)

    @property
    def closed(self) -> bool:
        """Whether the file is closed and its lock released."""
        return self.saver is None or self.saver.closed

    def rest(self) -> OpenAnnotation:
        """Close the file in the background, as `leave` does, and return the same annotation, read only.

        To change it, open it anew: another process may have changed it meanwhile.
        """
        if self.claimed:
            raise RuntimeError(f"{self.path} is being changed")
        self.leave()
        message = f"{self.path} is at rest, since many annotations are open; show it to change it."
        return OpenAnnotation(self.annotation, self.path, None, (message,))

    def leave(self) -> None:
        """Save and close the file in the background, however long that takes; returns at once."""
        if self.saver is not None:
            self.saver.leave()

    def give_up(self) -> None:
        """Close the file in the background, even if not all of it could be saved; returns at once."""
        if self.saver is not None:
            self.saver.give_up()

    def wait(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the file to be closed; return whether it is."""
        return self.saver is None or self.saver.wait(timeout)

    def close(self, timeout: float = 10.0) -> bool:
        """Save and close the file; return whether everything is on the disk.

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
    """Open the annotation of a tomogram for editing; read only where another process edits it.

    Reads the whole file, so the window calls it in a job.

    Args:
        tomogram: the file of the tomogram; its annotation is `t.mrc.scna` beside `t.mrc`, or in the user's
            data folder where that folder cannot be written.
        shape: of the tomogram, voxels along (z, y, x).
        wake: is called from the saver's thread whenever `state` has changed.

    Returns:
        The annotation, empty where there is no file yet. Close it in the end.

    Raises:
        ScsegError: its file is damaged, foreign, of a newer version or of another tomogram; it is left
            unchanged.
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
    """Open for editing an annotation that another process had open; None while that one still has it.

    Asking costs one look at the lock; then the whole file is read, so the window calls it in a job. The
    result may still be read only: for another reason, or because a third process was quicker. Close the
    annotation that was open read only before, once this one has taken its place.

    Raises:
        ScsegError: as `open_annotation`.
    """
    return None if is_held(tomogram) else open_annotation(tomogram, shape, wake)
