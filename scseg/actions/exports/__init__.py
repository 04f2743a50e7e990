"""What a user does about whole volumes: choosing, starting, the queue, and looking at what was written."""
