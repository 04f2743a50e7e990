"""The commands of the stage Segmentation, a part of the table of commands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.action import Action, Gesture, always
from scseg.actions.annotation import areas, changes, copies, cropping, features, tools
from scseg.actions.annotation.changes import can_change, can_draw, has_feature, is_annotated
from scseg.actions.view import view
from scseg.state.panel_layout import PURPOSES, Stage

if TYPE_CHECKING:
    from scseg.state.session import ToolName

EDIT = (
    Action(
        "add-feature",
        "Add feature",
        "Begin to annotate another kind of thing. A network knows one class, so give each kind its own.",
        features.add,
        menu="Edit",
        section=1,
        enabled=can_change,
        words="new class label annotate segment draw membrane ribosome",
    ),
)

_TOOLS: tuple[tuple[ToolName, str, str, str, str], ...] = (
    (
        "brush",
        "Brush",
        "B",
        "Paints under the pointer; the right button erases.",
        "draw paint pen annotate mask erase eraser rubber",
    ),
    (
        "ignore",
        "Ignore brush",
        "N",
        "Marks what you are not sure of: training leaves it out.",
        "draw unsure uncertain exclude unlabelled",
    ),
    (
        "alike",
        "Fill brush",
        "G",
        "Paints only what looks like the place where the stroke begins.",
        "draw magic wand similar smart threshold grow",
    ),
    (
        "lasso",
        "Lasso, polygon",
        "L",
        "Fills what you draw a line around, or click corners around: Enter, a double click or a click on the "
        "first corner closes it. The right button clears what it draws around.",
        "draw outline contour select area erase",
    ),
    (
        "bucket",
        "Bucket",
        "K",
        "Fills a closed contour with a click.",
        "draw flood area inside",
    ),
)

TOOLS = (
    *(
        Action(
            f"tool-{tool}",
            label,
            explained,
            partial(tools.choose, tool=tool),
            (key,),
            "Edit",
            2,
            enabled=lambda session: not changes.read_only(session),
            checked=partial(tools.is_chosen, tool=tool),
            words=words,
        )
        for tool, label, key, explained, words in _TOOLS
    ),
    Action(
        "crop",
        "Crop",
        "Look at a part of the tomogram: pull its corners and edges on the slice, move it by its middle.",
        cropping.toggle,
        ("C",),
        "View",
        2,
        enabled=can_change,
        checked=cropping.is_on,
        words="region part area cut subvolume box trim",
    ),
    Action(
        "interpolate-slices",
        "Interpolate between slices",
        "Draw the chosen feature on the empty slices between the two annotated ones around this slice.",
        areas.interpolate,
        ("M",),
        "Edit",
        3,
        enabled=can_draw,
        words="fill between propagate 3d",
    ),
    Action(
        "copy-next",
        "Copy to the next slice",
        "Add what is drawn of the chosen feature here to the next slice, and go there.",
        partial(areas.copy_to, by=1),
        ("D",),
        "Edit",
        3,
        enabled=areas.can_copy,
        words="propagate duplicate paste",
    ),
)

COPY = Action(
    "save-copy",
    "Save a copy of the annotation…",
    "Write the annotation as it is now to another file; it is saved by itself all the same.",
    copies.choose,
    ("Ctrl+Shift+S",),
    "File",
    1,
    enabled=is_annotated,
    words="export backup annotation scna save as mask",
)

KEYS = (
    Action(
        "next-feature",
        "Next feature",
        "",
        partial(features.step_feature, by=1),
        ("S",),
        enabled=has_feature,
        words="class label",
    ),
    Action(
        "previous-feature",
        "Previous feature",
        "",
        partial(features.step_feature, by=-1),
        ("W",),
        enabled=has_feature,
        words="class label",
    ),
    Action(
        "larger-brush",
        "Larger brush",
        "",
        partial(features.size_brush, by=1),
        ("]",),
        enabled=can_draw,
        repeats=True,
        words="size radius pen bigger thicker draw",
    ),
    Action(
        "smaller-brush",
        "Smaller brush",
        "",
        partial(features.size_brush, by=-1),
        ("[",),
        enabled=can_draw,
        repeats=True,
        words="size radius pen thinner draw",
    ),
    Action(
        "next-annotated",
        "Next annotated slice",
        "",
        partial(changes.step_annotated, by=1),
        (".",),
        enabled=has_feature,
        repeats=True,
        words="drawn mask jump",
    ),
    Action(
        "previous-annotated",
        "Previous annotated slice",
        "",
        partial(changes.step_annotated, by=-1),
        (",",),
        enabled=has_feature,
        repeats=True,
        words="drawn mask jump",
    ),
)

_STAGE_WORDS = {
    Stage.SEGMENTATION: "annotate annotation label paint mask boxes tab panel",
    Stage.OBJECTS: "particles picking coordinates star relion measure volume label components tab panel",
    Stage.MODELS: "learn training set generate predict prediction segment interactions tab panel",
    Stage.EXPORT: "export volumes write save whole tomogram queue batch results tab panel",
}

STAGES = tuple(
    Action(
        f"stage-{stage.lower()}",
        f"Stage {stage}",
        purpose,
        partial(view.set_stage, stage=stage),
        (f"{number}",),
        "View",
        3,
        always,
        partial(view.is_stage, stage=stage),
        words=_STAGE_WORDS[stage],
    )
    for number, (stage, purpose) in enumerate(PURPOSES.items(), 1)
)

GESTURES = (
    Gesture("Left drag", "Draw the chosen feature with the chosen tool"),
    Gesture("Right drag, X + left drag", "Erase"),
    Gesture("Click with the lasso, Enter", "Set a corner of a polygon, close it"),
    Gesture("Shift + click", "Place a box"),
    Gesture("Shift + right click", "Remove the nearest box"),
    Gesture("Escape while drawing", "Take the stroke back"),
    Gesture("Ctrl + scroll", "Brush size"),
)
