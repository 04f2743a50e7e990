"""Settings of the library under Keras, made once when a worker starts."""

from __future__ import annotations

from importlib import import_module

import keras

from scseg.base.cores import usable_cores


def prepare() -> None:
    """Use all cores that there are, and take a GPU's memory as it is needed, so that workers can share it."""
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf  # noqa: PLC0415 - other back-ends run without it

    # Explicit, because OMP_NUM_THREADS=1 in a user's shell would halve the speed.
    tf.config.threading.set_intra_op_parallelism_threads(usable_cores())
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(device=gpu, enable=True)


def name() -> str:
    """Return the library under Keras with its version, such as `tensorflow 2.21.0`."""
    library = keras.backend.backend()
    return f"{library} {import_module(library).__version__}"


def has_gpu() -> bool:
    """Tell whether there is a graphics card that networks can run on."""
    return bool(keras.distribution.list_devices("gpu"))


def leave_gpu_alone() -> None:
    """Compute on the processor, whatever else there is; before anything was computed."""
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf  # noqa: PLC0415 - other back-ends run without it

    tf.config.set_visible_devices([], "GPU")
