"""The networks of a worker of Dask between its tasks: lent to one at a time, and ended when nobody asks."""

from __future__ import annotations

import time

import pytest

from scseg.export.cluster import kept_networks
from scseg.export.cluster.kept_networks import KeptNetworks


class Networks:
    ended = False

    def __exit__(self, *_):
        self.ended = True


@pytest.fixture(autouse=True)
def seconds(monkeypatch):
    return lambda value: monkeypatch.setattr(kept_networks, "_SECONDS", value)


def test_what_is_kept_is_lent_once():
    kept, networks = KeptNetworks(), Networks()
    assert kept.take() is None
    kept.keep(networks)
    assert kept.take() is networks
    assert kept.take() is None
    assert not networks.ended


def test_the_last_is_kept_and_ends_the_one_before():
    kept, first, second = KeptNetworks(), Networks(), Networks()
    kept.keep(first)
    kept.keep(second)
    assert (first.ended, second.ended) == (True, False)
    kept.keep(None)
    assert second.ended
    assert kept.take() is None


def test_what_nobody_asks_for_is_ended(seconds):
    seconds(0.01)
    kept, networks = KeptNetworks(), Networks()
    kept.keep(networks)
    deadline = time.monotonic() + 60
    while not networks.ended:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert kept.take() is None


def test_what_is_lent_is_not_ended_meanwhile(seconds):
    seconds(0.05)
    kept, networks = KeptNetworks(), Networks()
    kept.keep(networks)
    if kept.take() is networks:
        time.sleep(0.2)
        assert not networks.ended
