"""`python -m tests.export.memory_of_an_export FOLDER DEPTH` tells the peak of an export's memory, in MB."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

from scseg.compute.segmenter import Segmenter
from scseg.export.planning import ExportItem, planned
from scseg.export.settings import ExportSettings
from tests.export.exports import FAKE


def anonymous(pid: int) -> int:
    """Return the anonymous memory of a process in kB."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.partition("RssAnon:")[2].split()[0])


def main(folder: Path, depth: int) -> None:
    settings = ExportSettings(slices=tuple(range(depth)), mode="whole", kind="float32")
    plan = planned(ExportItem(folder / "t.mrc", folder / "g.scnmgroup"), settings)
    most = 0

    def report(_fraction: float, _text: str) -> None:
        nonlocal most
        me = psutil.Process()
        processes = [me, *me.children(recursive=True)]
        most = max(most, sum(anonymous(process.pid) for process in processes))

    with Segmenter(FAKE) as segmenter:
        segmenter.write_volumes(plan, folder, report)
    sys.stdout.write(f"{most // 1024}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
