"""How far a model can be trusted: its predictions of boxes against their labels, as plain arrays."""
