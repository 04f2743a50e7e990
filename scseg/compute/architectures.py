"""What networks there are, told by a worker once and then remembered: the window loads no Keras."""

from __future__ import annotations

import contextlib
import hashlib
import json
import queue
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import scseg.models
from scseg.base.errors import ScsegError
from scseg.base.files.writing import write
from scseg.base.folders import cache_folder
from scseg.base.json_values import merge_known, parsed
from scseg.compute.client import WORKER
from scseg.compute.death import Died
from scseg.compute.messages import ArchitectureInfo, Architectures, DescribeArchitectures
from scseg.compute.process import WorkerProcess

if TYPE_CHECKING:
    from scseg.compute.messages import Reply

    Infos = tuple[ArchitectureInfo, ...]


def known(module: str = WORKER) -> Infos:
    """Return all architectures, the recommended first.

    Reads a small file; takes some seconds the first time after the program has changed.

    Raises:
        ScsegError: the worker that was asked ended.
    """
    path = list_path()
    source = _source()
    infos = _remembered(path, source)
    if infos is None:
        infos = _asked(module)
        content = json.dumps({"source": source, "architectures": [asdict(i) for i in infos]})
        # Where nothing can be written, they are asked for at every start.
        with contextlib.suppress(ScsegError):
            write(path, content.encode())
    return infos


def list_path() -> Path:
    """Return where the list is kept."""
    return cache_folder() / "architectures.json"


def _source() -> str:
    """Return a hash of the code that defines the networks."""
    digest = hashlib.sha256()
    for file in sorted((Path(scseg.models.__path__[0]) / "networks").glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _remembered(path: Path, source: str) -> Infos | None:
    """Return what is in the file; None if that is of another program version, missing or damaged."""
    try:
        content = parsed(path.read_bytes())
        if content["source"] != source:
            return None
        said = content["architectures"]
        usual = asdict(ArchitectureInfo("", 0, 1))
        infos = tuple(ArchitectureInfo(**merge_known(usual, info)) for info in said)
        return infos if [asdict(info) for info in infos] == said else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _asked(module: str) -> Infos:
    replies: queue.SimpleQueue[Reply | Died] = queue.SimpleQueue()
    worker = WorkerProcess(module, replies.put)
    try:
        worker.send(DescribeArchitectures())
        while True:
            reply = replies.get()
            if isinstance(reply, Architectures):
                return reply.infos
            if isinstance(reply, Died):
                error = ScsegError(f"The networks could not be listed: {reply.told(None)}.")
                error.add_note(reply.printed)
                raise error
    finally:
        worker.close()
