"""What the window can reach is written and read back equal: any bytes in a name, any number of a control."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.actions.view import view
from scseg.compute.messages import PredictionMode
from scseg.datasets.training_sets.summary import TrainingSetSummary
from scseg.datasets.volume_header import VoxelKind
from scseg.interactions.group import Group, open_group, save_group
from scseg.interactions.rules import LARGEST_RADIUS, RULE_KINDS, InteractionSettings, Rule
from scseg.models import backends
from scseg.models.description import (
    LARGEST_SEED,
    Augmentation,
    DisplaySettings,
    ModelDescription,
    Start,
    TrainingParameters,
    from_json,
    to_json,
)
from scseg.models.origin import Origin
from scseg.models.precision import CHOICES
from scseg.models.training_curve import Epoch
from scseg.persistence import feature_library, last_session, settings
from scseg.persistence.last_models import ModelRecord
from scseg.persistence.last_session import LastSession
from scseg.state import filters
from scseg.state.exports import ExportPlan
from scseg.state.feature_library import Template, with_template
from scseg.state.models import Display, Look, SetPlan, TrainingPlan
from scseg.state.panel_layout import PanelLayout, Sort, Stage, TomogramOrder
from scseg.state.settings import BESIDES, CACHES_MB, SCALES, Settings
from scseg.state.tomograms import Contrast, TomogramRecord, View

flags = st.booleans()
parts = st.floats(0, 1)
colours = st.tuples(parts, parts, parts)
greys = st.floats(width=32, allow_nan=False, allow_infinity=False)
names = st.text(min_size=1, max_size=40) | st.binary(min_size=1, max_size=40).map(
    lambda raw: raw.decode("utf-8", "surrogateescape")
)
paths = names.filter(lambda name: "\0" not in name).map("/data/{}.mrc".format)
ids = st.uuids().map(lambda each: each.hex)
sizes = st.integers(1, 2**31 - 1)
apix = st.floats(0.1, 10_000)


def built(kind, /, **given_fields):
    """Return values of a dataclass, of fields that are all named."""
    assert {each.name for each in fields(kind)} == given_fields.keys()
    return st.builds(kind, **given_fields)


@st.composite
def filter_stacks(draw):
    kinds = draw(st.lists(st.sampled_from(list(filters.KINDS)), max_size=4))
    numbers = st.floats(-1e6, 1e6, width=32)
    made = []
    for kind in kinds:
        usual = filters.usual(kind)
        parameters = tuple(draw(numbers) for _ in usual.parameters)
        one = replace(usual, parameters=parameters, weight=draw(parts), on=draw(flags))
        made.append(filters.legal(one))
    return tuple(made)


limits = st.tuples(greys, greys).filter(lambda pair: pair[0] < pair[1])
contrasts = st.builds(
    lambda pair, inverted, interpolate: Contrast(*pair, False, inverted, interpolate),
    limits,
    flags,
    flags,
)
views = built(
    View, x=greys, y=greys, zoom=st.floats(view.SMALLEST_ZOOM, view.LARGEST_ZOOM), fit=flags
)
tomograms = built(
    TomogramRecord,
    path=paths,
    shape=st.none() | st.tuples(sizes, sizes, sizes),
    apix=st.none() | apix,
    apix_z=st.none() | apix,
    signed=st.none() | flags,
    apix_asked=flags,
    z=st.integers(0, 2**31 - 1),
    contrast=contrasts | st.just(Contrast()),
    filters=filter_stacks(),
    view=views,
    feature=ids | st.just(""),
    export_slices=st.none() | st.tuples(sizes, sizes).map(sorted).map(tuple),
)
displays = built(
    Display,
    name=names.filter(lambda name: "\0" not in name),
    colour=colours,
    active=flags,
    show=flags,
    blend=flags,
    alpha=parts,
    overlap=st.floats(0, 0.67),
    threshold=parts,
    look=st.sampled_from(get_args(Look)),
    averaging=st.integers(1, 8),
    mode=st.sampled_from(get_args(PredictionMode)),
    active_on=st.dictionaries(paths, flags, max_size=3),
)
trainings = built(
    TrainingParameters,
    epochs=st.integers(1, 10_000),
    negatives=st.floats(0, 100),
    batch_size=st.integers(1, 4096),
    copies=st.integers(1, 1000),
    learning_rate=st.floats(1e-8, 1),
    seed=st.integers(0, LARGEST_SEED),
    validation=st.none() | st.floats(0, 0.5),
    augmentation=st.sampled_from(get_args(Augmentation)),
    gpu=flags,
    start=st.sampled_from(get_args(Start)),
)
summaries = st.integers(1, 10_000).flatmap(
    lambda count: built(
        TrainingSetSummary,
        path=paths,
        count=st.just(count),
        positives=st.integers(0, count),
        box_size=st.integers(1, 2048),
        depth=st.integers(1, 99),
        apix=apix,
        features=st.lists(names, max_size=3).map(tuple),
        sha256=ids,
        normalisation=st.sampled_from(["", "tomogram quantiles 1", "tomogram quantiles 2"]),
    )
)


def rules(partners):
    return built(
        Rule,
        kind=st.sampled_from(RULE_KINDS),
        partner=partners,
        radius=st.floats(0, LARGEST_RADIUS),
        threshold=st.floats(0, 1, exclude_min=True),
    )


def interactions(partners):
    acting = st.lists(rules(partners), max_size=3).map(tuple)
    return built(InteractionSettings, emit=flags, absorb=flags, rules=acting)


models = built(
    ModelRecord,
    path=paths | st.just(""),
    display=displays,
    id=ids,
    kept=flags,
    training=flags,
    since=st.floats(0, 1e11),
    last=paths | st.just(""),
    best=paths | st.just(""),
    plan=built(
        TrainingPlan,
        architecture=st.sampled_from(["VGGNet", "UNet deep"]),
        training_set=st.none() | summaries,
        parameters=trainings,
    ),
    interaction=interactions(ids),
)
set_plans = built(
    SetPlan,
    choices=st.dictionaries(names, st.sampled_from([-1, 0, 1]), max_size=4),
    left_out=st.frozensets(paths, max_size=3),
    box_size=sizes,
    apix=st.none() | apix,
    depth=st.integers(1, 99),
)
export_plans = built(
    ExportPlan,
    models=st.dictionaries(ids, flags, max_size=3),
    left_out=st.frozensets(paths, max_size=3),
    within_crop=flags,
    kind=st.sampled_from(get_args(VoxelKind)),
    mode=st.sampled_from(get_args(PredictionMode)),
    averaging=st.integers(1, 8),
    folder=paths | st.just(""),
)
sessions = built(
    LastSession,
    tomograms=st.lists(tomograms, max_size=3, unique_by=lambda each: each.path).map(tuple),
    active=paths | st.just(""),
    models=st.lists(models, max_size=2, unique_by=lambda each: each.id).map(tuple),
    set_plan=set_plans,
    overlays=flags,
    tool=st.sampled_from(last_session.TOOLS),
    listing=built(
        TomogramOrder, words=st.just(""), sort=st.sampled_from(get_args(Sort)), backwards=flags
    ),
    panels=built(
        PanelLayout,
        stage=st.sampled_from(Stage),
        shut=st.frozensets(st.sampled_from(["Datasets", "Filters", "Features"])),
        width=st.floats(200, 2000, width=32),
        folded=st.frozensets(ids, max_size=3),
    ),
    export_plan=export_plans,
)
texts = names | st.just("")
all_settings = built(
    Settings,
    theme=st.sampled_from(["dark", "light"]),
    scale=st.sampled_from(SCALES),
    window=st.tuples(st.integers(640, 16384), st.integers(480, 16384)),
    recent=st.lists(paths, max_size=12, unique=True).map(tuple),
    restores=flags,
    prediction_cache_mb=st.sampled_from(CACHES_MB),
    rules_in_3d=flags,
    shows_removed=flags,
    draws_with_models=flags,
    predictions_beside=st.sampled_from(BESIDES),
    precision=st.sampled_from(CHOICES),
    scheduler=texts.filter(lambda typed: "\0" not in typed),
    backend=st.sampled_from(backends.CHOICES),
)
templates = built(
    Template,
    name=names,
    colour=colours,
    brush_px=st.floats(0, 1000),
    box_size=st.integers(1, 4096),
)
thousandths = st.integers(0, 1000).map(lambda n: n / 1000)
numbers_of_epochs = st.integers(0, 10_000)
epochs = st.tuples(numbers_of_epochs, thousandths).map(lambda told: Epoch(*told)) | st.tuples(
    numbers_of_epochs, thousandths, thousandths, thousandths
).map(lambda told: Epoch(*told))
origins = built(
    Origin,
    starter=texts,
    version=st.integers(1, 10**6),
    sha256=texts,
    trained_on=texts,
    feature=texts,
    kept=parts,
)
descriptions = built(
    ModelDescription,
    name=texts,
    colour=colours,
    architecture=texts,
    box_size=st.integers(1, 2048),
    depth=st.integers(1, 99),
    apix=apix,
    parameters=st.integers(0, 10**12),
    loss=st.floats(0, 1e9),
    normalisation=texts,
    weights_sha256=ids,
    training_set_sha256=ids,
    program=texts,
    epochs_trained=st.integers(0, 10**9),
    validation_loss=st.none() | st.floats(0, 1e9),
    validation_dice=st.none() | parts,
    training=trainings,
    display=built(DisplaySettings, alpha=parts, threshold=parts, overlap=st.floats(0, 0.67)),
    curve=st.lists(epochs, max_size=3).map(tuple),
    origin=st.none() | origins,
)
file_names = names.filter(lambda name: not set(name) & set("/\\:\0")).map("{}.scnm".format)
groups = st.lists(file_names, min_size=1, max_size=4, unique=True).flatmap(
    lambda files: built(
        Group,
        interactions=st.fixed_dictionaries(
            dict.fromkeys(files, interactions(st.sampled_from(files)))
        ),
        rules_3d=flags,
    )
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


@given(sessions)
def test_a_session(folder, last):
    path = folder / "session.json"
    last_session.save(last, path)
    assert last_session.load(path) == last


@given(all_settings)
def test_settings(folder, chosen):
    path = folder / "window.json"
    settings.save(chosen, path)
    assert settings.load(path) == chosen


@given(st.lists(templates, max_size=4))
def test_a_library(folder, listed):
    path = folder / "features.json"
    known = ()
    for template in listed:
        known = with_template(known, template)
    feature_library.save(known, path)
    assert feature_library.load(path) == known


@given(descriptions)
def test_a_model(described):
    assert from_json(to_json(described), "m.scnm") == described
    described.file_name.encode("utf-8")
    assert len(described.file_name.encode()) <= 220


@given(groups)
def test_a_group(folder, group):
    path = folder / "g.scnmgroup"
    save_group(group, path)
    assert open_group(path) == group
