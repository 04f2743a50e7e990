"""What users are told where a package that only some work needs is not installed."""

from __future__ import annotations

_INSTALLED_AS = {
    "cc3d": "connected-components-3d",
    "cv2": "opencv-python-headless",
    "distributed": "dask[distributed]",
    "fill_voids": "fill-voids",
    "skimage": "scikit-image",
}
"""Names for pip, where they differ from those for `import`."""


def missing_package(error: BaseException) -> str:
    """Return what to install, as the end of a sentence; nothing if an error has another cause."""
    if not isinstance(error, ModuleNotFoundError) or error.name is None:
        return ""
    package = error.name.partition(".")[0]
    if package == "scseg":
        return ""
    name = _INSTALLED_AS.get(package, package)
    return f"this needs {package}, which is not installed: pip install {name}"
