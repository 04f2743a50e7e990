"""What is kept in bounded memory: the latest used, as much as fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scseg.base.lru_cache import LruCache

keys = st.integers(0, 8)
steps = st.lists(
    st.tuples(st.just("put"), keys, st.integers(1, 50))
    | st.tuples(st.sampled_from(["get", "forget", "limit"]), keys, st.integers(0, 120))
)


@given(steps, st.integers(0, 120))
def test_it_holds_the_longest_row_of_latest_used_values_that_fits(steps, most):
    """The reference looks at the whole history: values in the order of use, cut where they do not fit."""
    kept = LruCache(most, lambda size: size)
    used = {}
    for what, key, size in steps:
        if what == "put":
            used.pop(key, None)
            used[key] = size
            kept.put(key, size)
        elif what == "get":
            assert kept.get(key) == used.get(key)
            if key in used:
                used[key] = used.pop(key)
        elif what == "forget":
            used.pop(key, None)
            kept.forget(key)
        else:
            most = size
            kept.limit(most)
        while sum(used.values()) > most and len(used) > 1:
            del used[next(iter(used))]
        assert list(kept) == list(used)
        assert kept.nbytes == sum(used.values())
        assert kept.nbytes <= most or len(kept) == 1
