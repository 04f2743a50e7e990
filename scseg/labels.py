"""What the numbers in a label image mean."""

BACKGROUND = 0
FEATURE = 1
IGNORE = 2
"""Not sure, or not annotated, or outside the image: training neither rewards nor punishes it."""
