"""Formats of tomograms, MRC and TIFF: reading with nothing believed that a file says, and writing."""
