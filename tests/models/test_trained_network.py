"""What is read of a model before an engine makes it ready."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.base.errors import ScsegError
from scseg.models import trained_network
from scseg.models.files import save_model
from scseg.models.trained_network import read_trained
from tests.fakes.models import DESCRIPTION, write_model


def test_weights_are_never_another_description_s(tmp_path, monkeypatch):
    path = tmp_path / "m.scnm"
    save_model(DESCRIPTION, lambda file: file.write(b"old"), path)

    def saved_meanwhile(*_):
        save_model(DESCRIPTION, lambda file: file.write(b"new"), path)
        return {}

    monkeypatch.setattr(trained_network, "read_weights", saved_meanwhile)
    with pytest.raises(ScsegError, match="saved anew while it was read"):
        read_trained(path)


def test_a_network_that_is_not_known_is_refused(tmp_path, monkeypatch):
    path = write_model(tmp_path)
    unknown = replace(DESCRIPTION, architecture="Net of the future", weights_sha256="0" * 64)
    monkeypatch.setattr(trained_network, "open_model", lambda _: unknown)
    with pytest.raises(ScsegError, match="Net of the future"):
        read_trained(path)


def test_weights_that_are_none_are_refused(tmp_path):
    with pytest.raises(ScsegError, match="HDF5"):
        read_trained(write_model(tmp_path))
