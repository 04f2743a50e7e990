"""The slice view: where the slice lies in it, what is drawn on it, and what the mouse does to it."""
