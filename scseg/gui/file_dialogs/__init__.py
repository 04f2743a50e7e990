"""Asks the user for files: the dialogs of the system, or a browser in the window. No file is read here."""
