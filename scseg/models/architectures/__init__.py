"""What networks are made of, as plain data: engines build from it what trains and what predicts."""
