"""What the user does to the list of tomograms: adding, browsing, closing. No file is read here."""
