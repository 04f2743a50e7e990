"""What networks there are: asked of a worker once, then remembered until the code changes."""

from __future__ import annotations

import json

import pytest

from scseg.base.errors import ScsegError
from scseg.compute import architectures
from scseg.compute.architectures import known
from scseg.compute.worker import training_run
from tests.fakes.learner import ARCHITECTURES

FAKE = "tests.fakes.worker"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path))
    return tmp_path / "cache" / "architectures.json"


@pytest.fixture
def no_worker(monkeypatch):
    def forbidden(*_):
        raise AssertionError("a worker was started")

    return lambda: monkeypatch.setattr(architectures, "WorkerProcess", forbidden)


def test_they_are_asked_for_once(cache, no_worker):
    assert known(FAKE) == ARCHITECTURES.infos
    assert cache.is_file()
    no_worker()
    assert known(FAKE) == ARCHITECTURES.infos


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b'{"source": 1}', b'{"source": "%s", "architectures": [1]}']
)
def test_what_is_damaged_or_of_another_version_is_asked_for_anew(cache, content):
    known(FAKE)
    source = json.loads(cache.read_text())["source"]
    cache.write_bytes(content.replace(b"%s", source.encode()))
    assert known(FAKE) == ARCHITECTURES.infos
    assert json.loads(cache.read_text())["source"] == source


def test_they_are_told_where_nothing_can_be_remembered(cache):
    cache.mkdir(parents=True)
    assert known(FAKE) == ARCHITECTURES.infos
    assert cache.is_dir()


def test_a_worker_that_ends_without_an_answer_is_told():
    with pytest.raises(ScsegError, match="could not be listed: it ended with code"):
        known(training_run.__name__)
