"""Runs the program without a window: it takes in what threads and workers did, and does what was asked for.

Nothing here draws or knows ImGui; what is on the screen is given to `gui/` as plain data.
"""
