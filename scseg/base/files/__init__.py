"""Files that are written, locked and removed without harm to others. No format but plain JSON is here."""
