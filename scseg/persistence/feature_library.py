"""The file of the features that the user works with in every project.

Losing it costs a user a few clicks, so what a damaged file still says is taken, and no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scseg.annotations.feature import feature_from_record
from scseg.base.files import json_files
from scseg.base.folders import data_folder
from scseg.base.json_values import as_dict, as_list
from scseg.state.feature_library import Template, with_template

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.state.feature_library import Library

FORM = json_files.JsonFormat("scseg features", 1, 1 << 20)


def library_path() -> Path:
    return data_folder() / "features.json"


def load(path: Path) -> Library:
    """Read the library; empty where there is none.

    Raises:
        NewerError: it is of a newer version of the program.
    """
    said = json_files.read_json(path, FORM)
    library: Library = ()
    # Before there were versions, the list stood alone.
    for each in as_list(said) or as_list(as_dict(said).get("features")):
        template = _template_from(each)
        if template is not None:
            library = with_template(library, template)
    return library


def save(library: Library, path: Path) -> None:
    """Write the library.

    Raises:
        NewerError: there is a library of a newer version of the program.
        ScsegError: the file cannot be written.
    """
    json_files.write_json({"features": list(map(_record, library))}, path, FORM)


def _record(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "colour": template.colour,
        "brush_px": template.brush_px,
        "box_size": template.box_size,
    }


def _template_from(said: object) -> Template | None:
    """Return what was said of a template: some of the keys of a feature, which is read and checked so."""
    try:
        return Template.of(
            feature_from_record({**said, "id": "new"} if isinstance(said, dict) else None)
        )
    except (ValueError, TypeError):
        return None
