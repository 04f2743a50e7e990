"""A slice through the windows of a network and back, without a seam. Arrays in, arrays out."""
