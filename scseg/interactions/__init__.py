"""How models act on one another: competition, avoidance, colocalisation. Arrays in, masks out."""
