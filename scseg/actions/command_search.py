"""Finding commands by the words that people use: the program's own and others."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.actions.commands import ACTIONS, GESTURES
from scseg.actions.hints import HINTS, Hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.actions.action import Action
    from scseg.state.session import Session

EXAMPLES = "draw, train, export, contrast"


@dataclass(frozen=True)
class Found:
    """Commands that are possible now, lines that tell where else to go, and commands for another time."""

    possible: tuple[Action, ...] = ()
    hints: tuple[Hint, ...] = ()
    impossible: tuple[Action, ...] = ()

    @property
    def rows(self) -> tuple[Action | Hint, ...]:
        """What can be chosen."""
        return (*self.possible, *self.hints)

    def __bool__(self) -> bool:
        return bool(self.possible or self.hints or self.impossible)


def search(query: str, session: Session) -> Found:
    """Return what has every word of the query, in its name first, then in other words for it.

    Without a query, that is every command that is possible now.
    """
    words = query.lower().split()
    ranked = [(_rank(action, words), action) for action in ACTIONS if action.id != "commands"]
    found = [action for rank, action in sorted(ranked, key=lambda each: each[0]) if rank < _ABSENT]
    possible = tuple(action for action in found if action.enabled(session))
    if not words:
        return Found(possible)
    hints = tuple(
        hint for hint in _all_hints() if _holds(f"{hint.sentence} {hint.words}".lower(), words)
    )
    impossible = tuple(action for action in found if action not in possible)
    return Found(possible, hints, impossible)


def advice(query: str) -> str:
    """Return what to try in place of a query that finds nothing."""
    words, known = query.lower().split(), _vocabulary()
    alike = {word: difflib.get_close_matches(word, known, 1, 0.75) for word in words}
    instead = [alike[word][0] for word in words if alike[word]]
    if instead and instead != words:
        return f"Nothing has these words. Did you mean {' '.join(instead)}?"
    if instead:
        return f"Nothing has all of these words. Try one of them: {', '.join(instead)}."
    return f"Nothing has these words. Try what you want to do in one word: {EXAMPLES}."


_IN_LABEL, _IN_WORDS, _IN_TOOLTIP, _ABSENT = range(4)


def _rank(action: Action, words: list[str]) -> int:
    text, about = "", f"{action.tooltip} {action.menu or ''}"
    for rank, more in enumerate((action.label, action.words, about)):
        text += f" {more.lower()}"
        if _holds(text, words):
            return rank
    return _ABSENT


def _holds(text: str, words: list[str]) -> bool:
    """Return whether each of these begins a word of the text; "ice" is no part of a slice."""
    return all(re.search(rf"(?<!\w){re.escape(word)}", text) for word in words)


def _all_hints() -> Iterator[Hint]:
    yield from HINTS
    for gesture in GESTURES:
        yield Hint(f"{gesture.what}: {gesture.how}.", "mouse gesture")


def _vocabulary() -> list[str]:
    texts = [f"{action.label} {action.words}" for action in ACTIONS]
    texts += [f"{hint.sentence} {hint.words}" for hint in _all_hints()]
    return sorted(set(re.findall(r"[a-z0-9-]{3,}", " ".join(texts).lower())))
