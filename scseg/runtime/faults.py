"""A fault in one step must not end the program: it becomes a notice, and the others go on."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files import handle_limit
from scseg.base.missing_packages import missing_package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.state.session import Session


@contextmanager
def reported(session: Session, what: str) -> Iterator[None]:
    """Turn what goes wrong inside into a notice: the sentence of a user error, the traceback of a bug."""
    try:
        yield
    except ScsegError as error:
        session.notify("error", str(error))
    except Exception as error:  # noqa: BLE001 - every bug of a frame is shown, none may end the program
        session.notify("error", _sentence(what, error), traceback.format_exc())


def _sentence(what: str, error: Exception) -> str:
    if handle_limit.is_out_of_handles(error):
        return f"{what} failed: {handle_limit.REMEDY}."
    if missing := missing_package(error):
        return f"{what} failed: {missing}."
    return f"{what} failed: {str(error) or type(error).__name__}. This is a bug in the program."
