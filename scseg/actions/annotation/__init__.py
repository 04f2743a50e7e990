"""What the user does to annotations: each change is a step that can be undone. No file is written here."""
