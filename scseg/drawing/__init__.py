"""Tools that draw into a slice: pure functions on arrays (y, x), without state and without a window."""
