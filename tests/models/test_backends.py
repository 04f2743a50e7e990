"""Which library is under Keras: said by an option, the shell or a setting, or the first that is installed."""

from __future__ import annotations

import os

import pytest

from scseg.base.errors import ScsegError
from scseg.models import backends


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch):
    for name in (backends.VARIABLE, backends.PREFERENCE):
        monkeypatch.setenv(name, "")  # so that it is as before, after the test
        monkeypatch.delenv(name)


@pytest.fixture
def with_packages(monkeypatch):
    """Return a function that makes only these packages installed."""

    def install(*packages):
        monkeypatch.setattr(backends, "is_installed", {"keras", *packages}.__contains__)

    return install


@pytest.mark.parametrize(
    ("installed", "first"),
    [
        (("jax", "torch", "tensorflow"), "tensorflow"),
        (("jax", "torch"), "torch"),
        (("jax",), "jax"),
    ],
)
def test_without_a_word_it_is_the_first_that_is_installed(with_packages, installed, first):
    with_packages(*installed)
    assert backends.resolved() == first


def test_an_option_goes_before_the_shell_and_that_before_the_setting(with_packages, monkeypatch):
    with_packages(*backends.BACKENDS)
    backends.prefer("jax")
    assert backends.resolved() == "jax"
    monkeypatch.setenv(backends.VARIABLE, "torch")
    assert backends.resolved() == "torch"
    backends.use("tensorflow")
    assert backends.resolved() == "tensorflow"
    backends.prefer("auto")
    assert backends.PREFERENCE not in os.environ


@pytest.mark.parametrize("way", [backends.use, backends.prefer])
def test_one_that_is_not_installed_gives_a_sentence(with_packages, way):
    with_packages("tensorflow")
    with pytest.raises(ScsegError, match=r"torch is chosen .* pip install .scseg\[torch\]"):
        way("torch") or backends.resolved()


def test_an_unknown_word_in_the_shell_gives_a_sentence_to_everybody(with_packages, monkeypatch):
    with_packages("tensorflow", "openvino")
    monkeypatch.setenv(backends.VARIABLE, "tensorflw")
    for ask in (backends.resolved, backends.check_can_predict):
        with pytest.raises(ScsegError, match=r"'tensorflw'.* tensorflow, torch, jax"):
            ask()


def test_without_any_training_tells_what_to_install_and_openvino_predicts(with_packages):
    with_packages("openvino")
    with pytest.raises(ScsegError, match="pip install tensorflow or pip install"):
        backends.resolved()
    backends.check_can_predict()
    with_packages()
    with pytest.raises(ScsegError, match="pip install tensorflow"):
        backends.check_can_predict()


def test_without_keras_there_is_a_sentence(monkeypatch):
    monkeypatch.setattr(backends, "is_installed", {"tensorflow"}.__contains__)
    with pytest.raises(ScsegError, match="pip install keras"):
        backends.resolved()
