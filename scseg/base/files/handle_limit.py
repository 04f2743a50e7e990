"""How many files this process may have open at a time, and what users are told where it has no more to open.

Sockets, pipes and locks count as files. macOS allows 256 of them by default, Linux 1,024.
"""

from __future__ import annotations

import contextlib
import errno
import sys

ENOUGH = (8192, 4096, 2048, 1024)
"""Limits to ask for, the best first; macOS refuses more than some 10,000, and may refuse less."""

REMEDY = "too many files are open; close some tomograms or other programs and try again"
REMEDIES = {errno.EMFILE: REMEDY, errno.ENFILE: REMEDY}


def is_out_of_handles(error: BaseException) -> bool:
    """Tell whether something failed only because no more files can be opened."""
    return isinstance(error, OSError) and error.errno in REMEDIES


if sys.platform == "win32":

    def raise_limit() -> None:
        """Windows has no such limit."""
else:
    import resource

    def raise_limit() -> None:
        """Let this process and those it starts open as many files as the system permits, up to 8,192."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        for wanted in ENOUGH:
            limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            if soft == resource.RLIM_INFINITY or soft >= limit:
                return
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
                return
