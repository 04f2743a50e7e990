"""What runs for tomograms: opening files, reading slices, keeping annotations. No format is read here."""
