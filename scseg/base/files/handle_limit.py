"""What users are told where this process cannot open any more files.

Sockets, pipes and locks count as files. macOS allows 256 of them by default, Linux 1,024.
"""

from __future__ import annotations

import errno

REMEDY = "too many files are open; close some tomograms or other programs and try again"
REMEDIES = {errno.EMFILE: REMEDY, errno.ENFILE: REMEDY}


def is_out_of_handles(error: BaseException) -> bool:
    """Tell whether something failed only because no more files can be opened."""
    return isinstance(error, OSError) and error.errno in REMEDIES
