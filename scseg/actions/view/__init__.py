"""What the user does to how things look: contrast, filters, zoom, settings, the page of disk use."""
