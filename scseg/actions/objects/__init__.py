"""What the user does with the objects, picks and measurements of a feature."""
