"""What the program keeps of its own on the disk: found and removed, for window and command line."""
