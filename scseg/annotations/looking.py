"""What is annotated of a tomogram, for those who only look: no lock is taken and no file is changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.annotations.place import Place, annotation_path, own_path, read_contents

if TYPE_CHECKING:
    from scseg.annotations.contents import Contents
    from scseg.annotations.crop import Shape


def annotated(tomogram: Path, shape: Shape) -> Contents:
    """Return what is annotated of a tomogram of `shape` (z, y, x): nothing, where there is no file.

    Raises:
        ScsegError: its file is damaged, foreign, of a newer version or of another tomogram.
    """
    own = own_path(tomogram)
    source = own if os.path.lexists(own) else annotation_path(tomogram)
    nowhere_to_write = Path()
    contents, _ = read_contents(Place(nowhere_to_write, source, None), shape)
    return contents
