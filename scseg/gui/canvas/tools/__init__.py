"""What the mouse does to the slice in the stage Segmentation: gestures in, actions out."""
