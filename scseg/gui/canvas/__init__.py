"""The slice view: draws the slice and what lies on it, and passes the mouse on to tools. Calls no panel."""
