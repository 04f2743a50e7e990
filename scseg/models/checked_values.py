"""Numbers of files and of users, within their bounds."""

from __future__ import annotations

from scseg.base.errors import ScsegError


def check_whole(what: str, value: int, low: int, high: int) -> None:
    """Refuse what is no whole number from `low` to `high`.

    Raises:
        ScsegError: it is not.
    """
    check_range(what, value, low, high)
    if not isinstance(value, int):
        raise ScsegError(f"The {what} must be a whole number, not {value:g}.")


def check_choice(what: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse what is none of the choices.

    Raises:
        ScsegError: it is not.
    """
    if value not in choices:
        raise ScsegError(f"The {what} is {value!r:.40}, but must be one of {', '.join(choices)}.")


def check_range(what: str, value: float | None, low: float, high: float) -> None:
    """Refuse what is no number from `low` to `high`.

    Raises:
        ScsegError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ScsegError(f"The {what} must be a number, not {value!r:.40}.")
    if not low <= value <= high:  # true for NaN too
        raise ScsegError(f"The {what} is {value!r:.40}, but must lie from {low:g} to {high:g}.")
