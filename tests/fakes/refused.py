"""A Python in which packages cannot be imported, as if nobody had installed them."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

NETWORKS = ("keras", "tensorflow", "torch", "jax")
NOT_FOR_DRAWING = (
    *NETWORKS,
    *("openvino", "dask", "distributed", "pandas", "skimage", "starfile", "cc3d", "edt"),
    *("fill_voids", "imagecodecs"),
)


class Refusing(PathFinder):
    """Finds none of these packages, for `find_spec` neither."""

    packages: tuple[str, ...] = ()

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname.partition(".")[0] in cls.packages:
            return None
        return super().find_spec(fullname, path, target)


def refuse(*packages: str) -> None:
    """Refuse packages from now on in this process."""
    Refusing.packages = packages
    sys.meta_path[:] = [Refusing if finder is PathFinder else finder for finder in sys.meta_path]
