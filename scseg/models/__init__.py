"""Models without Keras: what a model is, what it is shown, and how its output becomes a slice."""
