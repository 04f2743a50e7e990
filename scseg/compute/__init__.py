"""Worker processes, their messages, and the clients that talk to them."""
