"""The stage Export: what is written, the queue, and written volumes over the slice."""
