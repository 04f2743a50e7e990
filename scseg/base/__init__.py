"""What every part of the program may use. It knows nothing of tomograms and imports nothing else."""
