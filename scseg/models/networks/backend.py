"""What differs between the libraries under Keras: threads, memory and graphics cards."""

from __future__ import annotations

import contextlib
import random
from importlib import import_module

import keras
import numpy as np

from scseg.base.cores import usable_cores

_FLOAT16 = (7, 0)
"""The compute capability (CUDA) from which on cards have units for products of matrices in float16."""


def prepare() -> None:
    """Use all cores that there are, and take a GPU's memory as it is needed, so that workers can share it.

    Torch takes memory so by itself; `compute.launch` has told jax to, before it was imported.
    """
    cores = usable_cores()
    match keras.backend.backend():
        case "tensorflow":
            import tensorflow as tf  # noqa: PLC0415 - other back-ends run without it

            # Explicit, because OMP_NUM_THREADS=1 in a user's shell would halve the speed.
            tf.config.threading.set_intra_op_parallelism_threads(cores)
            for gpu in tf.config.list_physical_devices("GPU"):
                tf.config.experimental.set_memory_growth(device=gpu, enable=True)
        case "torch":
            import torch  # noqa: PLC0415 - other back-ends run without it

            torch.set_num_threads(cores)


def set_seed(seed: int) -> None:
    """Let all that is drawn from now on, such as first weights, follow from a number."""
    if keras.backend.backend() == "tensorflow":
        keras.utils.set_random_seed(seed)
        return
    # Keras' own would import TensorFlow wherever that is installed. Its layers draw their seeds from Python.
    random.seed(seed)
    np.random.seed(seed)


def name() -> str:
    """Return the library under Keras with its version, such as `tensorflow 2.21.0`."""
    library = keras.backend.backend()
    return f"{library} {import_module(library).__version__}"


def graphics_card() -> str:
    """Return what the library calls the graphics card that networks run on; nothing where there is none."""
    if keras.backend.backend() == "tensorflow":
        found = keras.distribution.list_devices("gpu")
        return str(found[0]) if found else ""
    # Keras lists no devices of torch, and those of jax only where there are any.
    device = str(keras.ops.zeros(()).device)
    return "" if device.startswith("cpu") else device


def has_gpu() -> bool:
    """Tell whether there is a graphics card that networks can run on."""
    return bool(graphics_card())


def multiplies_float16() -> bool:
    """Tell whether the graphics card is known to multiply float16 faster than float32.

    NVIDIA's do from compute capability 7.0 (Volta) on; of AMD's, those that torch runs on; Apple's.
    """
    match keras.backend.backend():
        case "tensorflow":
            import tensorflow as tf  # noqa: PLC0415 - other back-ends run without it

            card = tf.config.list_physical_devices("GPU")[0]
            told = tf.config.experimental.get_device_details(card).get("compute_capability")
            return told is not None and tuple(told) >= _FLOAT16
        case "torch":
            import torch  # noqa: PLC0415 - other back-ends run without it

            if torch.cuda.is_available():
                return bool(torch.cuda.get_device_capability() >= _FLOAT16)
            return graphics_card().startswith("mps")
        case _:
            import jax  # noqa: PLC0415 - other back-ends run without it

            # Of NVIDIA's it is such as "8.0", of AMD's the name of a chip.
            told = str(getattr(jax.devices()[0], "compute_capability", ""))
            major, _, minor = told.partition(".")
            return major.isdigit() and minor.isdigit() and (int(major), int(minor)) >= _FLOAT16


def on_processor() -> contextlib.AbstractContextManager[object]:
    """Compute on the processor in here, whatever else there is; before anything was computed."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf  # noqa: PLC0415 - other back-ends run without it

        # It takes memory of a graphics card that it sees, even if it does not use it.
        tf.config.set_visible_devices([], "GPU")
        return contextlib.nullcontext()
    scope: contextlib.AbstractContextManager[object] = keras.device("cpu:0")
    return scope


def compiles() -> bool:
    """Tell whether Keras shall have networks compiled (`jit_compile`).

    Jax runs them operation by operation otherwise. On processors, TensorFlow's plain graph is faster than
    XLA, and torch would need a compiler for C++.
    """
    return bool(keras.backend.backend() == "jax")
