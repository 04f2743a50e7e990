"""What runs in the worker processes. Nothing outside imports it: it is started by its name."""
