"""What predicts: the server, what its networks are given and say, and the engine that runs them."""
