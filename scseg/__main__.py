"""The program: `scseg`, or `python -m scseg`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    try:
        # Worker processes import this module again: they must not import all that the commands need.
        from scseg.cli.main import run  # noqa: PLC0415

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while that is imported
        return 130


if __name__ == "__main__":
    sys.exit(main())
