"""What stands in the files of data/. No value is the usual one, so that none can get lost unnoticed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scseg.annotations.contents import Contents
from scseg.annotations.crop import Crop
from scseg.annotations.feature import Feature
from scseg.annotations.packed_masks import pack
from scseg.annotations.picked import PickedParticles
from scseg.datasets.training_sets.source_tomogram import SourceTomogram
from scseg.datasets.training_sets.summary import TrainingSetSummary
from scseg.datasets.training_sets.training_set import TrainingSet
from scseg.interactions.group import Group
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.models.description import ModelDescription, TrainingParameters
from scseg.models.display_settings import DisplaySettings
from scseg.models.origin import Origin
from scseg.models.training_curve import Epoch
from scseg.objects.picks import Picks
from scseg.persistence.last_models import ModelRecord
from scseg.persistence.last_session import LastSession
from scseg.state.feature_library import Template
from scseg.state.filters import Filter
from scseg.state.models import Display, SetPlan, TrainingPlan
from scseg.state.panel_layout import PanelLayout, Stage, TomogramOrder
from scseg.state.settings import Settings
from scseg.state.tomograms import Contrast, TomogramRecord, View

TRAINING = TrainingParameters(
    epochs=7,
    negatives=0.75,
    batch_size=16,
    copies=8,
    learning_rate=0.0025,
    seed=42,
    validation=0.125,
    augmentation="strong",
    gpu=False,
    start="scratch",
)
SAVED_MODEL = ModelRecord(
    path="/models/13.92_64_0.0261_Membran ä.scnm",
    display=Display(
        name="Membran ä",
        colour=(0.25, 0.5, 0.75),
        active=False,
        show=False,
        blend=True,
        alpha=0.625,
        overlap=0.375,
        threshold=0.875,
        look="contour",
        averaging=4,
        mode="whole",
    ),
    id="0123456789abcdef" * 2,
    interaction=InteractionSettings(
        emit=True,
        rules=(
            Rule(kind="colocalise", partner="fedcba9876543210" * 2, radius=12.5, threshold=0.25),
            Rule(kind="avoid", partner="aaaabbbbccccdddd" * 2, radius=45.0, threshold=0.75),
        ),
    ),
    plan=TrainingPlan(parameters=TrainingParameters(start="scratch")),
)
RUNNING_MODEL = ModelRecord(
    path="/home/models/fedcba/2/epoch_0006.scnm",
    display=Display(name="Ribosome", colour=(1.0, 0.0, 0.5), look="values"),
    id="fedcba9876543210" * 2,
    kept=False,
    training=True,
    since=1795388400.125,
    last="/home/models/fedcba/1/epoch_0025.scnm",
    best="/home/models/fedcba/1/epoch_0013.scnm",
    plan=TrainingPlan(
        architecture="UNet deep",
        training_set=TrainingSetSummary(
            path="/sets/10.50_48x3_Ribosome.scnt",
            count=80,
            positives=53,
            box_size=48,
            depth=3,
            apix=10.5,
            features=("Ribosome", "Polysome"),
            sha256="5" * 64,
        ),
        parameters=TRAINING,
    ),
    interaction=InteractionSettings(absorb=True),
)
SESSION = LastSession(
    tomograms=(
        TomogramRecord(
            path="/data/Zelle ü.mrc",
            shape=(20, 30, 40),
            apix=13.92,
            signed=False,
            apix_asked=True,
            z=7,
            contrast=Contrast(
                minimum=-1.5, maximum=2.25, auto=False, inverted=True, interpolate=True
            ),
            filters=(
                Filter(kind="gaussian", parameters=(2.5,), weight=0.75, on=False),
                Filter(kind="difference", parameters=(1.5, 4.0)),
                Filter(kind="box", parameters=(5,), weight=0.5),
                Filter(kind="sobel"),
            ),
            view=View(x=3.5, y=4.5, zoom=6.0, fit=False),
            feature="0a1b2c",
        ),
        TomogramRecord(path="/data/b.mrc"),
    ),
    active="/data/b.mrc",
    models=(SAVED_MODEL, RUNNING_MODEL),
    set_plan=SetPlan(
        choices={"Membran ä": 1, "Carbon": -1, "Ribosome": 0},
        left_out=frozenset({"/data/b.mrc", "/data/Zelle ü.mrc"}),
        box_size=50,
        apix=9.75,
        depth=5,
    ),
    overlays=False,
    tool="bucket",
    listing=TomogramOrder(sort="folder", backwards=True),
    panels=PanelLayout(stage=Stage.MODELS, shut=frozenset({"Filters", "Datasets"}), width=412.5),
)

ACTIVE_ON = replace(
    SESSION,
    models=(
        replace(
            SAVED_MODEL,
            display=replace(
                SAVED_MODEL.display, active_on={"/data/Zelle ü.mrc": True, "/data/b.mrc": False}
            ),
        ),
        RUNNING_MODEL,
    ),
)
"""With the tomograms on which a model is active."""

SETTINGS = Settings(
    theme="light",
    scale=1.25,
    window=(1200, 800),
    recent=("/models/Membran ä.scnm", "/data/Zelle ü.mrc"),
    restores=False,
    prediction_cache_mb=2048,
    rules_in_3d=True,
    shows_removed=False,
    draws_with_models=True,
)

ON_CLUSTER = replace(SETTINGS, precision="float32", scheduler="tcp://knoten-ä:8786")

LIBRARY = (
    Template(name="Membran ä", colour=(0.25, 0.5, 0.75), brush_px=2.5, box_size=32),
    Template(name="Ribosome", colour=(1.0, 0.0, 0.5), brush_px=7.5, box_size=48),
)

SHAPE = (4, 12, 10)
CONTRAST = Contrast(minimum=-0.25, maximum=2.5, auto=False, inverted=True, interpolate=True)
CONTRAST_TEXT = (
    '{"auto": false, "interpolate": true, "inverted": true, "maximum": 2.5, "minimum": -0.25}'
)
_Y, _X = np.mgrid[:12, :10]
MASKS = {("m", 1): ((_Y + _X) % 3).astype(np.uint8), ("r", 3): (_Y < 4).astype(np.uint8)}
ANNOTATION = Contents(
    shape=SHAPE,
    crop=Crop(z0=0, z1=3, y0=2, y1=9, x0=1, x1=8, enabled=True),
    features=(
        Feature(
            name="Membran ä",
            colour=(0.25, 0.5, 0.75),
            id="m",
            brush_px=2.5,
            alpha=0.75,
            box_size=32,
            show=False,
            hide_boxes=True,
        ),
        Feature(name="Ribosome", colour=(1.0, 0.0, 0.5), id="r", fill=False),
    ),
    masks={place: pack(mask) for place, mask in MASKS.items()},
    boxes={
        ("m", 1): frozenset({(5, 6)}),
        ("m", 3): frozenset({(0, 9), (8, 2)}),
        ("r", 0): frozenset({(11, 0)}),
    },
    contrast=CONTRAST_TEXT,
)
PICKED = Contents(
    shape=SHAPE,
    crop=Crop.whole(SHAPE),
    picks=PickedParticles(diameter=270.0, least=0.25, of="Ribosom ä").with_picks(
        Picks(
            positions=np.array([[0.5, 1.25, 2.0], [3.0, 11.0, 9.0]]),
            scores=np.array([0.75, 0.125]),
            directions=np.array([[0.0, 0.6, 0.8], [1.0, 0.0, 0.0]]),
            filaments=np.array([1, 2]),
        )
    ),
)

TRAINING_SET = TrainingSet(
    images=(np.arange(3 * 2 * 16, dtype=np.float32) / 8 - 4).reshape(3, 2, 4, 4),
    labels=(np.arange(3 * 16, dtype=np.uint8) % 3).reshape(3, 4, 4),
    positions=np.array([[1, 20, 30], [2, 40, 50], [3, 60, 70]]),
    origins=np.array([0, 1, 1]),
    apix=13.92,
    features=("Membran ä", "Carbon"),
    sources=(
        SourceTomogram(tomogram="Zelle ü.mrc", apix=13.92, centre=5.5, scale=2.25),
        SourceTomogram(tomogram="b.mrc", apix=6.96, centre=-0.5, scale=0.75),
    ),
    normalisation="tomogram quantiles 1",
    negative_features=("Ice",),
)

WEIGHTS = b"weights of a model, as far as all but Keras looks at them"
MODEL = ModelDescription(
    name="Membran ä",
    colour=(0.25, 0.5, 0.75),
    architecture="UNet deep",
    box_size=48,
    depth=3,
    apix=13.92,
    parameters=922881,
    loss=0.0261,
    normalisation="tomogram quantiles 1",
    weights_sha256="67e4a536219eb2d5059c6cc39bdb2b42c701f4c387a4ba5c57c8cabc1497402f",
    training_set_sha256="5" * 64,
    program="scseg 0.1.0",
    epochs_trained=6,
    validation_loss=0.03125,
    validation_dice=0.9375,
    training=TRAINING,
    display=DisplaySettings(alpha=0.625, threshold=0.875, overlap=0.375),
)

LEARNT_MODEL = replace(
    MODEL, curve=(Epoch(0, 0.5, 0.625, 0.75), Epoch(1, 0.123457, 1e-05, 1.0), Epoch(2, 0.0261))
)
"""One of later programs, which keep the curve of its training."""

BEGUN_MODEL = replace(
    MODEL,
    training=replace(MODEL.training, start="starter"),
    origin=Origin("VGGNet starter 4", 4, "ab" * 32, "Ä tomograms"),
)
"""One of programs that have starters, begun from one."""

GROUP = Group(
    interactions={
        "a.scnm": InteractionSettings(
            emit=True,
            rules=(
                Rule(kind="colocalise", partner="b ä.scnm", radius=12.5, threshold=0.25),
                Rule(kind="avoid", partner="c.scnm", radius=45.0, threshold=0.75),
            ),
        ),
        "b ä.scnm": InteractionSettings(absorb=True),
        "c.scnm": InteractionSettings(),
    },
    rules_3d=True,
)
