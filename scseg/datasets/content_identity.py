"""Which tomogram it is, wherever its file lies and whatever it is called."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.datasets.tomogram import Tomogram

_PIECES = 1024
_PIECE_BYTES = 16384


def content_identity(tomogram: Tomogram) -> str:
    """Return a SHA-256, in hexadecimal digits, of how a tomogram is stored and of pieces of its voxels.

    Of files up to 16 MB all is read, of larger ones 1024 pieces that are spread over them: reconstructions
    that differ in anything differ everywhere. A change of a few voxels by hand can be missed.

    Raises:
        ScsegError: the file is gone, is another one by now, or cannot be read.
    """
    stored = tomogram.stored
    digest = hashlib.sha256(repr((stored.stored_shape, stored.axes, stored.dtype.str)).encode())
    for piece in stored.samples(_PIECES, _PIECE_BYTES):
        digest.update(piece)
    return digest.hexdigest()
