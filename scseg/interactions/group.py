"""Files of models that belong together (.scnmgroup): which models, and how they act on one another.

A group lies in the folder of its models and names their files; within it, a file's name is the model's id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scseg.base.errors import ScsegError
from scseg.base.files import regular_files
from scseg.base.files.writing import atomic_write, os_errors_as_sentences, parse_document
from scseg.interactions.rules import (
    SettingsByModel,
    as_flag,
    interaction_from_record,
    interaction_record,
)

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "scseg model group"
VERSION = 1
SUFFIX = ".scnmgroup"

_LARGEST_FILE = 1 << 20
_MODEL_SUFFIX = ".scnm"


@dataclass(frozen=True)
class Group:
    """The models by their file names, in order. In volumes, rules act in 3-D where `rules_3d`."""

    interactions: SettingsByModel
    rules_3d: bool = False

    def __post_init__(self) -> None:
        for name, interaction in self.interactions.items():
            _check_name(name)
            for rule in interaction.rules:
                if rule.partner not in self.interactions:
                    raise ScsegError(f"a rule of {name} names {rule.partner!r:.60}, no model of it")


def save_group(group: Group, path: Path) -> None:
    """Write a group as `path`.

    Raises:
        ScsegError: the file cannot be written; what stood there before is intact.
    """
    models = [
        {"file": name, **interaction_record(interaction)}
        for name, interaction in group.interactions.items()
    ]
    content = {
        "format": FORMAT,
        "version": VERSION,
        "rules_in_3d": group.rules_3d,
        "models": models,
    }
    # ASCII, with escapes for all else: so names that are not UTF-8 can be written, too.
    atomic_write(path, json.dumps(content, indent=1).encode("ascii"))


def open_group(path: Path) -> Group:
    """Read a group. Its models are not looked for.

    Raises:
        ScsegError: the file is missing, foreign, damaged, or of a newer version.
    """
    content = _content(path)
    try:
        models = content["models"]
        if not isinstance(models, list) or not models:
            raise TypeError("it lists no models")
        interactions = {str(record["file"]): interaction_from_record(record) for record in models}
        if len(interactions) != len(models):
            raise ScsegError("a model is named twice")
        return Group(interactions, as_flag(content.get("rules_in_3d", False)))
    except (KeyError, TypeError, ScsegError) as error:
        raise ScsegError(f"{path} is damaged ({error}): save the group anew.") from error


def _check_name(name: str) -> None:
    """Refuse what leads out of the group's folder."""
    # No colon either: on Windows, it may lead to another drive.
    is_plain = not any(c in name for c in "/\\:\0")
    if not is_plain or not name.endswith(_MODEL_SUFFIX) or len(name) > 255:
        raise ScsegError(f"{name!r:.60} is not the name of a model file in the group's folder")


def _content(path: Path) -> dict[str, Any]:
    with os_errors_as_sentences("read", path, {}), regular_files.open_to_read(path) as file:
        text = file.read(_LARGEST_FILE + 1)
    foreign = f"{path} is not a group of models: choose a {SUFFIX} file that this program saved."
    return parse_document(
        text if len(text) <= _LARGEST_FILE else b"", str(path), (FORMAT, VERSION), foreign
    )
