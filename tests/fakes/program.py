"""`python -m tests.fakes.program`: the program as `python -m scseg` runs it, with the fake worker."""

from __future__ import annotations

import importlib
import sys
from functools import partial

WORKER = "tests.fakes.worker"


def main() -> int:
    # Imported here, because worker processes import this module again.
    names = ("scseg.__main__", "scseg.export.exporter", "scseg.api.training")
    program, exporter, training = map(importlib.import_module, names)
    exporter.Segmenter = partial(exporter.Segmenter, WORKER)
    training.train_and_wait = partial(training.train_and_wait, module=WORKER)
    code: int = program.main()
    return code


if __name__ == "__main__":
    sys.exit(main())
