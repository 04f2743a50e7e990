"""The stage Objects: where a feature is taken from, its objects, picks and measurements."""
