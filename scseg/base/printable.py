"""Text of any origin (names, headers, what other programs say) as it can be shown, printed and logged.

A file's name need not be UTF-8: Python stands in half a surrogate pair for each byte that is not, and the
program keeps names so, in memory and, as JSON's escapes, in files. Nothing can draw or print these halves.
Line breaks, terminal commands and what turns the direction of writing make a name look like something else.
"""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of control and format characters, surrogates, and separators of lines."""

_BYTES = range(0xDC80, 0xDD00)
"""The halves of surrogate pairs that stand for the bytes 0x80 to 0xFF of a name that is not UTF-8."""


def printable(text: str) -> str:
    r"""Return text on one line, with escapes such as `\n`, `\x1b` or `\u202e` for what is not seen as itself.

    A byte that is not UTF-8 is shown as `\xf6`. What is printable already is returned as it is.
    """
    return text if text.isprintable() else "".join(map(_seen, text))


def printable_lines(text: str) -> str:
    """Return text of several lines, each of them printable."""
    return "\n".join(map(printable, text.replace("\r\n", "\n").split("\n")))


def _seen(character: str) -> str:
    if unicodedata.category(character) not in _UNSEEN:
        return character
    if ord(character) in _BYTES:
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
