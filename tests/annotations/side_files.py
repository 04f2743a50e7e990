"""What may lie beside an annotation: left by a kill, or put there by somebody who means harm."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from scseg.annotations.storage.side_files import journal_path

MAGIC = bytes.fromhex("d9d505f920a163d7")

_CUT_OFF = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('PRAGMA cache_size = 1')
db.execute('PRAGMA cache_spill = 1')
db.execute('BEGIN')
db.execute('DELETE FROM box')
for n in range(500):
    db.execute('INSERT INTO mask VALUES (?, 0, ?)', (f'x{n}', os.urandom(1000)))
os.kill(os.getpid(), 9)
"""


def cut_off_a_transaction(path):
    """Leave a file as a power cut in the middle of writing does: half changed, with its journal."""
    subprocess.run([sys.executable, "-c", _CUT_OFF, str(path)], check=False)
    assert journal_path(path).stat().st_size > 512


def header(pages, magic=MAGIC, page_size=4096):
    """Return the first sector of a journal of a database of so many pages, without any of them."""
    numbers = (0, 0, pages, 512, page_size)
    return (magic + b"".join(number.to_bytes(4) for number in numbers)).ljust(512, b"\0")


def super_journal(victim):
    """Return the end of a journal that makes SQLite delete another file."""
    name = os.fsencode(victim)
    checksum = sum(byte if byte < 128 else byte - 256 for byte in name) % 2**32
    lock_page = 0x40000000 // 4096 + 1
    return (
        lock_page.to_bytes(4) + name + len(name).to_bytes(4) + checksum.to_bytes(4, "big") + MAGIC
    )


def write_ahead_log(path):
    """Return the log of a transaction that deletes all that is in a database."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copy(path, copy)
        database = sqlite3.connect(copy, isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        for table in ("record", "mask", "box"):
            database.execute(f"DELETE FROM {table}")
        log = copy.with_name("copy-wal").read_bytes()
        database.close()
    assert log
    return log
