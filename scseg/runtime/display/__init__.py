"""What the window shows, worked out as plain values: scenes, boxes, texts, folders. Nothing here draws."""
