"""The commands of the stage Segmentation, a part of the table of commands."""

from __future__ import annotations

from functools import partial

from scseg.actions import annotation, annotation_features, view
from scseg.actions.action import Action, Gesture, always
from scseg.actions.annotation import has_feature, is_annotated

EDIT = (
    Action(
        "undo",
        "Undo",
        "Take back the latest change to an annotation, and show its slice.",
        annotation.undo,
        ("Ctrl+Z",),
        "Edit",
        enabled=annotation.can_undo,
        repeats=True,
    ),
    Action(
        "redo",
        "Redo",
        "Make the change again that was taken back last.",
        annotation.redo,
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "Edit",
        enabled=annotation.can_redo,
        repeats=True,
    ),
    Action(
        "add-feature",
        "Add feature",
        "Begin to annotate something else: membranes, ribosomes, carbon.",
        annotation_features.add,
        menu="Edit",
        section=1,
        enabled=is_annotated,
    ),
)

KEYS = (
    Action(
        "next-feature",
        "Next feature",
        "",
        partial(annotation_features.step_feature, by=1),
        ("S",),
        enabled=has_feature,
    ),
    Action(
        "previous-feature",
        "Previous feature",
        "",
        partial(annotation_features.step_feature, by=-1),
        ("W",),
        enabled=has_feature,
    ),
    Action(
        "larger-brush",
        "Larger brush",
        "",
        partial(annotation_features.size_brush, by=1),
        ("]",),
        enabled=has_feature,
        repeats=True,
    ),
    Action(
        "smaller-brush",
        "Smaller brush",
        "",
        partial(annotation_features.size_brush, by=-1),
        ("[",),
        enabled=has_feature,
        repeats=True,
    ),
    Action(
        "next-annotated",
        "Next annotated slice",
        "",
        partial(annotation.step_annotated, by=1),
        (".",),
        enabled=has_feature,
        repeats=True,
    ),
    Action(
        "previous-annotated",
        "Previous annotated slice",
        "",
        partial(annotation.step_annotated, by=-1),
        (",",),
        enabled=has_feature,
        repeats=True,
    ),
)

STAGES = tuple(
    Action(
        f"stage-{stage.lower()}",
        f"Stage {stage}",
        f"Bring the panels of the stage {stage} to the front.",
        partial(view.set_stage, stage=stage),
        (key,),
        "View",
        3,
        always,
        partial(view.is_stage, stage=stage),
    )
    for key, stage in (("1", "Segmentation"), ("2", "Models"))
)

GESTURES = (
    Gesture("Left drag", "Draw the chosen feature"),
    Gesture("Right drag, X + left drag", "Erase"),
    Gesture("Shift + click", "Place a box"),
    Gesture("Shift + right click", "Remove the nearest box"),
    Gesture("Escape while drawing", "Take the stroke back"),
    Gesture("Ctrl + scroll", "Brush size"),
)
