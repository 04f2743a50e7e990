"""Writes the files of data/ anew: `python -m tests.formats.make FOLDER`.

Those that are committed were written by the program before its keys on disk were apart from its words, and
stay. Where a version or a key is added, commit another file beside the old one, under a name of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scseg.annotations.storage.writing import save_copy
from scseg.datasets.training_sets.training_set import save_training_set
from scseg.interactions.group import save_group
from scseg.models.files import save_model
from scseg.persistence import feature_library, last_session, settings
from tests.formats import states


def make(folder: Path) -> None:
    """Write a file of each kind."""
    last_session.save(states.SESSION, folder / "session.json")
    last_session.save(states.ACTIVE_ON, folder / "session_active_on.json")
    settings.save(states.SETTINGS, folder / "window.json")
    settings.save(states.ON_CLUSTER, folder / "window_cluster.json")
    feature_library.save(states.LIBRARY, folder / "features.json")
    save_copy(folder / "t.mrc.scna", states.ANNOTATION)
    save_copy(folder / "picks.mrc.scna", states.PICKED)
    save_training_set(states.TRAINING_SET, folder / "13.92_4x2_Membrane.scnt")
    models = {
        "Membrane": states.MODEL,
        "Membrane_curve": states.LEARNT_MODEL,
        "Membrane_begun": states.BEGUN_MODEL,
    }
    for name, model in models.items():
        save_model(model, lambda file: file.write(states.WEIGHTS), folder / f"{name}.scnm")
    save_group(states.GROUP, folder / "cell.scnmgroup")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
