"""The annotation of one tomogram: plain data, the changes to it, and its file (.scna)."""
