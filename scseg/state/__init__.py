"""The whole state of the program as plain data. Nothing here reads a file, starts a thread or draws."""
