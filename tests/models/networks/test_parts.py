"""Where memory is too small for a batch, halves of it are done, whatever library says so."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.models.out_of_memory import is_out_of_memory

# What TensorFlow, torch and jax raise; the first three are known by their names.
AbortedError = type("AbortedError", (Exception,), {})
ResourceExhaustedError = type("ResourceExhaustedError", (Exception,), {})
OutOfMemoryError = type("OutOfMemoryError", (RuntimeError,), {})
ERRORS = {
    "tensorflow": ResourceExhaustedError("OOM when allocating tensor"),
    "oneDNN in tensorflow": AbortedError(
        "Operation received an exception:Status: 1, message: could not create a primitive, in file"
    ),
    "torch on CUDA": OutOfMemoryError("CUDA out of memory."),
    "torch on mps": RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
    "torch on a processor": RuntimeError(
        "[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried"
    ),
    "jax": RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 1 bytes."),
    "numpy": MemoryError(),
}


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_each_library_is_understood(error):
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("shapes differ"),
        ValueError("out of memory"),
        OSError(),
        AbortedError("Operation received an exception:Status: 3, message: could not create it"),
    ],
)
def test_other_errors_are_others(error):
    assert not is_out_of_memory(error)


def in_small_memory(error, room, count):
    """Double `count` numbers with a function that has room for some.

    Return them, what it was given, and what the user is told.
    """
    from unittest.mock import patch

    from scseg.models.networks import parts as module

    given = []

    def double(images):
        given.append(len(images))
        if len(images) > room:
            raise error
        return 2 * images

    parts = module.Parts()
    doubled = module.in_parts(double, parts)
    results, told = [], []
    for has_gpu in (True, False):
        with patch.object(module, "has_gpu", lambda has_gpu=has_gpu: has_gpu):
            results.append(doubled(np.arange(count, dtype=np.float32)))
        told.append(parts.take_notice())
        room -= 1
    return results, given, told


@pytest.mark.keras
@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_the_batch_is_halved_until_it_fits_and_stays_so(in_keras_process, error):
    results, given, told = in_keras_process(in_small_memory, error, 3, 8)
    for result in results:
        np.testing.assert_array_equal(result, 2 * np.arange(8))
    assert given == [8, 4, *[2, 2, 2, 2] * 2]
    sentence = (
        "The graphics card had too little memory for batches of 8: they are of 2 from here on."
    )
    assert told == [sentence, ""]


@pytest.mark.keras
def test_each_time_it_is_told_and_of_a_processor_in_other_words(in_keras_process):
    _, given, told = in_keras_process(in_small_memory, MemoryError(), 2, 4)
    assert given == [4, 2, 2, 2, *[1] * 4]
    assert [sentence.split(" had")[0] for sentence in told] == [
        "The graphics card",
        "This computer",
    ]
    assert "batches of 4: they are of 1 from" in told[1]


@pytest.mark.keras
def test_where_there_is_no_room_for_one_the_error_stays(in_keras_process):
    with pytest.raises(MemoryError):
        in_keras_process(in_small_memory, MemoryError(), 0, 4)


def learnt_in_small_memory(room):
    """Train with memory for so many boxes; return the steps, and how many boxes each was given."""
    from unittest.mock import patch

    import keras

    from scseg.models.description import TrainingParameters
    from scseg.models.networks.architectures import build
    from scseg.models.networks.training import Training
    from scseg.models.samples import Samples

    random = np.random.default_rng(0)
    labels = random.integers(0, 2, (7, 16, 16)).astype(np.uint8)
    samples = Samples.of(labels[:, None].astype(np.float32), labels)
    keras.utils.set_random_seed(0)
    network = build("UNet deep", 16, 1)
    parameters = TrainingParameters(epochs=1, batch_size=8, copies=1)
    training = Training(network, samples, parameters)
    step, given = training._trained.train_on_batch, []

    def small(images, labels):
        given.append(len(images))
        if len(images) > room:
            raise MemoryError
        return step(images, labels)

    with patch.object(training._trained, "train_on_batch", small):
        steps = list(training.steps())
    return steps, given


@pytest.mark.keras
def test_training_goes_on_with_halves_and_leaves_out_what_only_fills_up(in_keras_process):
    # Seven boxes and one that fills up: of the four parts of two, each holds one that counts.
    (step,), given = in_keras_process(learnt_in_small_memory, 2)
    assert given == [8, 4, 2, 2, 2, 2]
    assert 0 < step.loss < 5
    assert step.notice.endswith("too little memory for batches of 8: they are of 2 from here on.")
    # With room for one, the last part, which only fills up, is not learnt.
    assert in_keras_process(learnt_in_small_memory, 1)[1] == [8, 4, 2, *[1] * 7]
