"""What follows from a mask: objects, picks of particles and filaments, and measurements."""
