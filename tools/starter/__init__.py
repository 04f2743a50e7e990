"""The recipe of the starter weights: `python -m tools.starter --help`, or `make starter`."""
