"""Damaged and hostile JSON in each file of this program that holds some: a sentence, or what is left of it.

`make soak` tries three thousand mutants a reader: each is written and read several times.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st

from scseg.base.errors import ScsegError
from scseg.datasets.training_sets.training_set import (
    SourceTomogram,
    TrainingSet,
    load_training_set,
    save_training_set,
)
from scseg.interactions.group import Group, open_group, save_group
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.models.description import from_json, to_json
from scseg.persistence import feature_library, last_session
from scseg.persistence import settings as user_settings
from scseg.state.feature_library import Template
from scseg.state.settings import Settings
from tests.fakes.models import DESCRIPTION
from tests.persistence.test_last_session import LAST, assert_usable

seeds = st.integers(0, 2**64 - 1)
bounded = settings(max_examples=min(settings.default.max_examples, 3000))
HOSTILE = [
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e308", "1e-320", "-0.0", "0", "-1", "1.5", "2"),
    *map(str, (10**400, -(10**400), 2**31, 2**63, -(2**63), 10**19)),
    *("9" * 5000, "null", "true", "false", "{}", "[]", "[[]]", '""', '"\\u0000"', '"\\ud800"'),
    *('"\\udcf6"', '"../../x"', '"a###b%s%n"', '"\\u001b[2J"', '"\\u202e"', '"1"', '"nan"'),
    *(json.dumps("a" * 40_000), "[" * 40 + "]" * 40, "[" * 3000 + "]" * 3000, "[0, 1, 2, 3]"),
    *('{"a": 1, "a": 2}', json.dumps({"path": "/x", "kind": "box"}), "[" + "1," * 3000 + "1]"),
]
BITS = ('"', "{", "}", "[", "]", ",", ":", "\\", "\x00", "é", "\ud800", "e", "-", "9", "\\u", "NaN")


def spoilt(text, chance):
    """Return JSON with a value in it replaced, or a few of its characters changed."""
    if chance.random() < 0.6:
        return _with_another_value(text, chance)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text))
        end = start + chance.choice((0, 1, 1, 2, 30, len(text)))
        text = text[:start] + "".join(chance.choices(BITS, k=chance.randint(0, 3))) + text[end:]
        if not text:
            break
    return text


def _with_another_value(text, chance):
    content = json.loads(text)
    places = list(_places(content))
    for _ in range(chance.randint(1, 3)):
        inside, key = chance.choice(places)
        inside[key] = f"<{chance.randrange(len(HOSTILE))}>"
    text = json.dumps(content)
    for number, value in enumerate(HOSTILE):
        text = text.replace(f'"<{number}>"', value)
    return text


def _places(content):
    keys = content.keys() if isinstance(content, dict) else range(len(content))
    for key in list(keys):
        yield content, key
        if isinstance(content[key], dict | list):
            yield from _places(content[key])


def encoded(text):
    return text.encode("utf-8", "surrogatepass")


def refused_or(read, words):
    """Return what is read; None where that is refused, in a sentence with these words."""
    try:
        return read()
    except ScsegError as error:
        sentence = str(error)
    assert words in sentence
    return None


KEPT = {
    "session": (last_session, LAST),
    "settings": (user_settings, Settings("light", recent=("/a.mrc", "/b.scnm"))),
    "library": (feature_library, (Template("a", (0.0, 0.5, 1.0)), Template("b", (1.0, 0.5, 0.0)))),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One for all mutants: thousands of folders take long to make."""
    return tmp_path_factory.mktemp("spoilt")


@pytest.mark.parametrize(("module", "value"), KEPT.values(), ids=KEPT)
@bounded
@given(seed=seeds)
def test_what_the_program_keeps_is_read_for_what_it_still_says(folder, module, value, seed):
    """Whatever is left of it can be written, and is read back equal."""
    path = folder / "kept.json"
    path.unlink(missing_ok=True)
    module.save(value, path)
    path.write_bytes(encoded(spoilt(path.read_text("utf-8"), random.Random(seed))))
    left = refused_or(lambda: module.load(path), "newer version")
    if left is None:
        return
    if module is last_session:
        assert_usable(left)
    path.unlink()
    module.save(left, path)
    assert module.load(path) == left


@bounded
@given(seed=seeds)
def test_a_model_file(seed):
    text = spoilt(to_json(DESCRIPTION), random.Random(seed))
    described = refused_or(lambda: from_json(text, "m.scnm"), "m.scnm")
    if described is None:
        return
    assert from_json(to_json(described), "m.scnm") == described


@bounded
@given(seed=seeds)
def test_a_group(folder, seed):
    path = folder / "g.scnmgroup"
    rule = Rule("avoid", "b.scnm", 30.0, 0.1)
    save_group(
        Group(
            {
                "a.scnm": InteractionSettings(emit=True, rules=(rule,)),
                "b.scnm": InteractionSettings(),
            }
        ),
        path,
    )
    path.write_bytes(encoded(spoilt(path.read_text("utf-8"), random.Random(seed))))
    group = refused_or(lambda: open_group(path), "g.scnmgroup")
    if group is None:
        return
    save_group(group, path)
    assert open_group(path) == group


@pytest.fixture(scope="module")
def training_set(tmp_path_factory):
    path = tmp_path_factory.mktemp("sets") / "t.scnt"
    labels = np.zeros((3, 8, 8), np.uint8)
    labels[:2, 2:4] = 1
    made = TrainingSet(
        images=np.ones((3, 1, 8, 8), np.float32),
        labels=labels,
        positions=np.arange(9).reshape(3, 3),
        origins=np.array([0, 1, 0]),
        apix=13.92,
        features=("Membrane",),
        sources=(
            SourceTomogram("Gr\udcf6\udcdfe.mrc", 13.92, 0.0, 1.0),
            SourceTomogram("b.mrc", 10.0, 5.0, 2.0),
        ),
        normalisation="tomogram quantiles 1",
        negative_features=("Carbon",),
    )
    save_training_set(made, path)
    return path


def test_a_training_set_of_a_tomogram_with_any_name_opens_again(training_set):
    found = load_training_set(training_set)
    assert [each.tomogram for each in found.sources] == ["Gr\udcf6\udcdfe.mrc", "b.mrc"]
    assert asdict(found.sources[1]) == asdict(SourceTomogram("b.mrc", 10.0, 5.0, 2.0))


@bounded
@given(seed=seeds)
def test_a_training_set(training_set, seed):
    with tifffile.TiffFile(training_set) as tiff:
        text, stack = tiff.imagej_metadata["Info"], tiff.asarray()
    info = spoilt(text, random.Random(seed)).encode("ascii", "replace").decode()
    path = training_set.with_name("spoilt.scnt")
    metadata = {"axes": "TCYX", "unit": "nm", "Info": info}
    tifffile.imwrite(path, stack, imagej=True, byteorder="<", metadata=metadata)
    found = refused_or(lambda: load_training_set(path), "spoilt.scnt")
    if found is None:
        return
    save_training_set(found, path)
    assert load_training_set(path).sources == found.sources
