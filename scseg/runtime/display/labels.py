"""Names as labels of controls: ImGui hides what follows `##`, tells controls apart by it, and reads formats.

ImGui draws only what can be UTF-8; see `printable`.
"""

from __future__ import annotations

from scseg.base.printable import printable

_NOTHING = "\N{ZERO WIDTH SPACE}"


def shown(name: str) -> str:
    """Return a name as a control shows all of it."""
    return printable(name).replace("#", f"#{_NOTHING}")


def formatted(name: str) -> str:
    """Return a name as a part of the format in which a slider shows its number."""
    return shown(name).replace("%", "%%")


def told_apart(name: str) -> str:
    """Return what tells a control from others by any name: the name itself if it is plain."""
    if name.isprintable() and "##" not in name:
        return name
    return name.encode("utf-8", "surrogatepass").hex()


def label(name: str, told: str) -> str:
    """Return the label of a control that shows a name and is told from others by `told`."""
    return f"{shown(name)}###{told_apart(told)}"
