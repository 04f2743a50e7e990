"""What networks start from: weights that have learnt from simulated tomograms, shipped with the program."""
