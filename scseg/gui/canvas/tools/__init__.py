"""The tools of the slice view: each turns gestures of the mouse into actions, and draws its cursor."""
