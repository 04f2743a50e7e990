"""What must be predicted for the slice in view, and the cache of what has been. It starts nothing."""
