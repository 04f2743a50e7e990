"""Simulated tomograms of widely varied specimens and optics, for networks to learn from."""
