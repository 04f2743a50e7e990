"""The manual holds together: links lead somewhere, the menu has every page, every picture is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\]\(<?([^)\s>]+)|(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ +(.+?)(?: +\{#([\w-]+)\})?$", re.MULTILINE)


def prose(page: Path) -> str:
    """Return a page without its code, in which brackets are not links."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", "", text)


def links(page: Path) -> list[tuple[Path, str]]:
    """Return the files, and the headings in them, that a page refers to within the project."""
    targets = [first or second for first, second in LINK.findall(prose(page))]
    inside = [
        target for target in targets if "://" not in target and not target.startswith("mailto:")
    ]
    parts = [target.partition("#") for target in inside]
    return [((page.parent / path).resolve() if path else page, anchor) for path, _, anchor in parts]


def anchors(page: Path) -> set[str]:
    """Return the names that MkDocs gives to a page's headings."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {name or slug(title) for title, name in HEADING.findall(text)}


def slug(title: str) -> str:
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower())


def in_menu(entry: object) -> set[str]:
    """Return the pages of a part of the menu, which is a page, a titled part or a list of parts."""
    if isinstance(entry, str):
        return {entry}
    parts = entry.values() if isinstance(entry, dict) else entry
    return set().union(*(in_menu(part) for part in parts))


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    found = links(page)
    assert not [path for path, _ in found if not path.exists()]
    pages = [(path, anchor) for path, anchor in found if anchor and path.suffix == ".md"]
    assert not [anchor for path, anchor in pages if anchor not in anchors(path)]


def test_the_menu_holds_every_page():
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    assert in_menu(settings["nav"]) == {page.relative_to(DOCS).as_posix() for page in PAGES}


def test_every_picture_is_used():
    pictures = {path for path in (DOCS / "pictures").rglob("*") if path.is_file()}
    used = {path for page in [ROOT / "README.md", *PAGES] for path, _ in links(page)}
    assert pictures <= used
