"""`scseg info --storage`: what the program keeps of its own on the disk, and the end of it."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from scseg.base.errors import ScsegError
from scseg.base.formatting import format_age, format_bytes
from scseg.base.printable import printable
from scseg.persistence.disk_use.listing import listed
from scseg.persistence.disk_use.removing import remove
from scseg.state.disk_use import KINDS, newest, total

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scseg.cli.console import Console
    from scseg.state.disk_use import StoredItem, StoredItems, StoredKind

REMOVABLE = tuple(kind.id for kind in KINDS if kind.removable)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--remove",
        choices=REMOVABLE,
        metavar="KIND",
        help=f"with --storage, remove what is not in use of {', '.join(REMOVABLE)}",
    )
    parser.add_argument("--yes", action="store_true", help="remove also what is not saved, unasked")


def run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.remove is not None:
        kind = next(each for each in KINDS if each.id == arguments.remove)
        return _remove(kind, console, unasked=arguments.yes)
    listing = listed()
    if arguments.json:
        console.say_raw(json.dumps(_content(listing), indent=1))
        return 0
    for line in _lines(listing):
        console.say(line)
    if not listing.whole:
        console.notify("There are very many files; not all of them are counted here.")
    return 0


def _lines(listing: StoredItems) -> Iterator[str]:
    """Yield a line for each kind, then one for each entry of it."""
    for kind in KINDS:
        entries = listing.of(kind)
        if not entries:
            yield f"{kind.title} ({kind.id}): none"
            continue
        yield f"{kind.title} ({kind.id}): {format_bytes(total(entries))}, {_age(newest(entries))}"
        for each in entries:
            notes = [format_bytes(each.nbytes), _age(each.written), each.in_use]
            notes.append("not saved" if each.unsaved else "")
            yield f"  {each.what}: {', '.join(filter(None, notes))}"


def _content(listing: StoredItems) -> dict[str, Any]:
    entries = [
        {
            "kind": each.kind,
            "what": each.what,
            "path": str(each.path),
            "bytes": each.nbytes,
            "seconds_old": max(0, round(time.time() - each.written)),
            "in_use": each.in_use or None,
            "unsaved": each.unsaved,
        }
        for each in listing.entries
    ]
    return {"kind": "storage", "whole": listing.whole, "entries": entries}


def _remove(kind: StoredKind, console: Console, *, unasked: bool) -> int:
    """Remove what of a kind is not in use, and say what stays; the exit code is 0 all the same."""
    entries = listed().of(kind)
    if not (unasked or _may_go(entries)):
        console.say("Nothing was removed.")
        return 0
    removed = remove(entries)
    console.say(f"{kind.title}: {format_bytes(removed.nbytes)} removed.")
    for sentence in removed.kept:
        console.notify(sentence)
    return 0


def _may_go(entries: tuple[StoredItem, ...]) -> bool:
    """Ask about what is not saved, if anything of it would be removed.

    Raises:
        ScsegError: there is nobody to ask.
    """
    names = [each.what for each in entries if each.unsaved and not each.in_use]
    if not names:
        return True
    if not sys.stdin or not sys.stdin.isatty():
        raise ScsegError(
            f"What was learnt is not saved: {', '.join(names)}. Give --yes to remove it all the same."
        )
    return _answered_yes(f"Not saved: {', '.join(names)}. Remove it for good? [y/N] ")


def _answered_yes(question: str) -> bool:
    sys.stderr.write(printable(question))
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _age(written: float) -> str:
    return format_age(time.time() - written)
