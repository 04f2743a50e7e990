"""Positions of particles in files of this and other programs, each with its own idea of where a voxel is."""
