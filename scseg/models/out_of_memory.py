"""How libraries say that there is not enough memory: each in its own way."""

from __future__ import annotations

_TYPES = ("ResourceExhaustedError", "OutOfMemoryError")
"""Names, because these of TensorFlow and torch do not derive from Python's, and neither may be there."""
_WORDS = ("RESOURCE_EXHAUSTED", "out of memory", "not enough memory", "can't allocate memory")
"""In plain errors: of jax; of torch on graphics cards of Apple, and on processors."""


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether something failed only because it needed more memory than there is."""
    if isinstance(error, MemoryError) or type(error).__name__ in _TYPES:
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _WORDS)
