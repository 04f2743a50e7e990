"""The parts of the window, one per file: each reads the session and calls actions."""
