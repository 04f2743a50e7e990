"""Text of any origin: printed on one line, without commands to the terminal, and always as UTF-8."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import ScsegError
from scseg.base.printable import printable, printable_lines
from scseg.state.notices import Notice

anything = st.text(st.characters(exclude_categories=())) | st.binary().map(
    lambda raw: raw.decode("utf-8", "surrogateescape")
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gr\udcf6\udcdfe.mrc", r"Gr\xf6\xdfe.mrc"),
        ("a\x1b[2J\x07", r"a\x1b[2J\x07"),
        ("two\nlines\r\tx\x85", r"two\nlines\r\tx\x85"),
        ("\u202egpj.exe\u2028", r"\u202egpj.exe\u2028"),
        ("\ud800", r"\ud800"),
        ("Größe 中 😀 \xa0\uf0c7", "Größe 中 😀 \xa0\uf0c7"),
    ],
)
def test_what_is_not_seen_as_itself_is_an_escape(text, shown):
    assert printable(text) == shown


@given(anything)
def test_no_text_breaks_a_line_or_a_terminal(text):
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in shown)
    assert printable(shown) == shown


@given(anything)
def test_sentences_and_notices_are_printable_whatever_flows_into_them(text):
    assert str(ScsegError(f"{text} is damaged.")) == printable(f"{text} is damaged.")
    notice = Notice("error", text, f"first\n{text}")
    assert notice.sentence == printable(text)
    assert notice.details.startswith("first\n")
    assert all(printable(line) == line for line in notice.details.split("\n"))


def test_lines_stay_lines():
    assert printable_lines("a\r\nb\n\x1bc") == "a\nb\n\\x1bc"
