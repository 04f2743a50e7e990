"""Exports on the workers of a running Dask scheduler: who asks, and what runs there. Dask is imported late.

Only plain text goes over, as JSON: paths, settings and digests. Workers read the same files, by these paths.
"""
