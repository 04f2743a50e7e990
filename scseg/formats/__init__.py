"""Kinds of files: what a file is, by its content alone."""
