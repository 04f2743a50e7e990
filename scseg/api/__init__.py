"""The Python face of the program: what the window and the command line do, as functions.

`docs/python.md` shows all of it at work. Arrays are (z, y, x) or (y, x), indices count from 0, boxes are
given by their centres; pixel sizes are in A, radii of rules in nm; predictions are float32, 0 to 1.

Errors: what the world can do wrong (files, disks, settings that do not fit) is a `ScsegError`, whose text is
one sentence that names the file and the remedy. Long work takes a `report(fraction, text)`; where that raises
`CancelledError`, the work stops and leaves nothing half-written.

Networks run in a process of their own: importing this loads neither Keras nor anything of the window. That
process imports the main script again, as the standard library's `multiprocessing` does; so a script must do
its work below `if __name__ == "__main__":`.
"""

from scseg.api.annotating import annotate, read_annotation
from scseg.api.checking import check
from scseg.api.extracting import extract
from scseg.api.files import (
    file_kind,
    load_training_set,
    open_group,
    open_model,
    open_tomogram,
    save_group,
    save_training_set,
)
from scseg.api.ruling import apply_rules
from scseg.api.segmenting import segment
from scseg.api.training import Trained, TrainingChoices, train
from scseg.base.errors import CancelledError, ScsegError
from scseg.base.progress import Report
from scseg.base.rect import Rect
from scseg.compute.checking import CheckOptions, ModelCheck
from scseg.datasets.tomogram import Tomogram
from scseg.datasets.training_sets.extraction import SetParameters
from scseg.datasets.training_sets.training_set import TrainingSet
from scseg.export.cluster.cluster_exporter import ClusterExporter
from scseg.export.estimate import Estimate, check_space, estimated
from scseg.export.exporter import Exporter, Outcome
from scseg.export.planning import ExportItem, check_names, check_names_of_items, planned
from scseg.export.settings import ExportSettings, TomogramWord
from scseg.export.shares import Share, share_from_text
from scseg.export.tomogram_files import tomograms_among
from scseg.formats.file_kind import FileKind
from scseg.interactions.group import Group
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.models.description import ModelDescription, TrainingParameters
from scseg.models.starters.ready import ready_features, write_ready

__all__ = [
    "CancelledError",
    "CheckOptions",
    "ClusterExporter",
    "Estimate",
    "ExportItem",
    "ExportSettings",
    "Exporter",
    "FileKind",
    "Group",
    "InteractionSettings",
    "ModelCheck",
    "ModelDescription",
    "Outcome",
    "Rect",
    "Report",
    "Rule",
    "ScsegError",
    "SetParameters",
    "Share",
    "Tomogram",
    "TomogramWord",
    "Trained",
    "TrainingChoices",
    "TrainingParameters",
    "TrainingSet",
    "annotate",
    "apply_rules",
    "check",
    "check_names",
    "check_names_of_items",
    "check_space",
    "estimated",
    "extract",
    "file_kind",
    "load_training_set",
    "open_group",
    "open_model",
    "open_tomogram",
    "planned",
    "read_annotation",
    "ready_features",
    "save_group",
    "save_training_set",
    "segment",
    "share_from_text",
    "tomograms_among",
    "train",
    "write_ready",
]
