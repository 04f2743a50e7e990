"""The program: `scseg`, or `python -m scseg`."""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    # Worker processes import this module again: they must not import all that the commands need.
    from scseg.cli.streams import Streams  # noqa: PLC0415

    streams = Streams()
    try:
        from scseg.cli.main import run  # noqa: PLC0415

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while that is imported
        code = 130
    except SystemExit as ended:  # after --help, or arguments that make no sense
        code = ended.code if isinstance(ended.code, int) else 0
    # What is left to do takes a moment, and a traceback is all that could come of its being interrupted.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return streams.exit_code(code)


if __name__ == "__main__":
    sys.exit(main())
