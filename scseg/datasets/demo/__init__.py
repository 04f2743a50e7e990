"""The demo tomogram: a seeded simulation with true labels, so that anybody can try every step at once."""
