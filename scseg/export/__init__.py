"""Whole volumes: of which tomograms, by which models, into which folder. Knows no window."""
