"""How libraries say that there is not enough memory: each in its own way."""

from __future__ import annotations

_TYPES = ("ResourceExhaustedError", "OutOfMemoryError")
"""Names, because these of TensorFlow and torch do not derive from Python's, and neither may be there."""
_WORDS = ("RESOURCE_EXHAUSTED", "out of memory", "not enough memory", "can't allocate memory")
"""In plain errors: of jax; of torch on graphics cards of Apple, and on processors."""
_STATUS_OF_ONEDNN = "Operation received an exception:Status: 1,"
"""In `AbortedError` of TensorFlow, whose convolutions oneDNN does; 1 is its `dnnl_out_of_memory`."""


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether something failed only because it needed more memory than there is."""
    if isinstance(error, MemoryError) or type(error).__name__ in _TYPES:
        return True
    if type(error).__name__ == "AbortedError":
        return _STATUS_OF_ONEDNN in str(error)
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _WORDS)
