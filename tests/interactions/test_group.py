"""Group files: what is saved comes back, and what is foreign or hostile gets a sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import ScsegError
from scseg.interactions.group import Group, open_group, save_group
from scseg.interactions.rules import RULE_KINDS, InteractionSettings, Rule

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("13.92_64_0.0261_Membrane.scnm", "Carbon.scnm", "Ä ribosome.scnm")

rules = st.builds(
    Rule,
    kind=st.sampled_from(RULE_KINDS),
    partner=st.sampled_from(FILES),
    radius=st.floats(0, 10_000),
    threshold=st.floats(0, 1, exclude_min=True),
)
interactions = st.builds(
    InteractionSettings, st.booleans(), st.booleans(), st.lists(rules, max_size=3).map(tuple)
)


@given(st.fixed_dictionaries(dict.fromkeys(FILES, interactions)), st.booleans())
def test_a_group_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    taking_part: dict[str, InteractionSettings],
    deep: bool,
) -> None:
    path = tmp_path_factory.mktemp("group") / "cell.scnmgroup"
    group = Group(taking_part, deep)
    save_group(group, path)
    assert open_group(path) == group
    assert list(open_group(path).interactions) == list(taking_part)


def good() -> dict[str, Any]:
    rule = {"kind": "avoid", "partner": "b.scnm", "radius": 30.0, "threshold": 0.1}
    return {
        "format": "scseg model group",
        "version": 1,
        "models": [{"file": "a.scnm", "rules": [rule]}, {"file": "b.scnm"}],
    }


def test_the_good_group_opens(tmp_path: Path) -> None:
    """So that what the next test refuses is refused for its own fault."""
    path = tmp_path / "g.scnmgroup"
    path.write_text(json.dumps(good()))
    expected = {
        "a.scnm": InteractionSettings(rules=(Rule("avoid", "b.scnm", 30.0, 0.1),)),
        "b.scnm": InteractionSettings(),
    }
    assert open_group(path) == Group(expected)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("models", 0, "file"), "../a.scnm"),
        (("models", 0, "file"), "C:\\a.scnm"),
        (("models", 0, "file"), "/etc/passwd"),
        (("models", 0, "file"), "b.scnm"),
        (("models", 0, "file"), 7),
        (("models", 0, "rules", 0, "partner"), "c.scnm"),
        (("models", 0, "rules", 0, "kind"), "eat"),
        (("models", 0, "rules", 0, "radius"), -1),
        (("models", 0, "rules", 0, "radius"), "30"),
        (("models", 0, "rules", 0, "radius"), float("nan")),
        (("models", 0, "rules", 0, "threshold"), 0),
        (("models", 0, "rules", 0, "threshold"), None),
        (("models", 0, "rules"), 3),
        (("models", 0, "emit"), "yes"),
        (("models", 0), "a.scnm"),
        (("models",), {}),
        (("models",), None),
        (("rules_in_3d",), 1),
        (("version",), 2),
        (("format",), "something else"),
    ],
)
def test_a_bad_group_gets_a_sentence(tmp_path: Path, place: tuple[Any, ...], value: object) -> None:
    content = good()
    inner: Any = content
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    path = tmp_path / "g.scnmgroup"
    path.write_text(json.dumps(content))
    with pytest.raises(ScsegError, match=r"g\.scnmgroup"):
        open_group(path)


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"{}", b"x" * (2 << 20)])
def test_a_foreign_file_gets_a_sentence(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "g.scnmgroup"
    path.write_bytes(text)
    with pytest.raises(ScsegError, match="not a group of models"):
        open_group(path)


def test_a_group_nested_without_end_gets_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "g.scnmgroup"
    path.write_bytes(b"[" * 100_000)
    with pytest.raises(ScsegError, match=r"g\.scnmgroup is damaged \(it is nested too deeply\)"):
        open_group(path)


def test_a_missing_group_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ScsegError, match=r"Cannot read .*g\.scnmgroup"):
        open_group(tmp_path / "g.scnmgroup")
