"""A module holds one idea: what outgrows this has become two."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINES = {"scseg": 300, "tests": 400, "benchmarks": 400}


@pytest.mark.parametrize("folder", LINES)
def test_modules_are_short(folder):
    lengths = {
        file: len(file.read_text("utf-8").splitlines()) for file in (ROOT / folder).rglob("*.py")
    }
    long = {str(file.relative_to(ROOT)): n for file, n in lengths.items() if n > LINES[folder]}
    assert not long
