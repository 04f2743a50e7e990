"""Tomograms, boxes and training sets: everything the program reads and writes that is data."""
