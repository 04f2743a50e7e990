"""Run the benchmarks one after another: all, or those named (`python -m benchmarks tomogram`)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> int:
    every = sorted(file.stem.removeprefix("bench_") for file in FOLDER.glob("bench_*.py"))
    failed = [name for name in sys.argv[1:] or every if not passes(name)]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return len(failed)


def passes(name: str) -> bool:
    """Run one benchmark in a process of its own, where nothing that ran before can slow it down."""
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.bench_{name}"]
    return subprocess.run(command, cwd=FOLDER.parent, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
