"""`python -m tests.fakes.program`: the program as `python -m scseg` runs it, with the fake worker."""

from __future__ import annotations

import importlib
import sys
from functools import partial

WORKER = "tests.fakes.worker"


def main() -> int:
    # Imported here, because worker processes import this module again.
    program, segment, train = map(
        importlib.import_module, ("scseg.__main__", "scseg.cli.segment", "scseg.cli.train")
    )
    segment.Segmenter = partial(segment.Segmenter, WORKER)
    train.train_and_wait = partial(train.train_and_wait, module=WORKER)
    code: int = program.main()
    return code


if __name__ == "__main__":
    sys.exit(main())
