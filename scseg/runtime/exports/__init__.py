"""What does the exports of the queue, keeps them on the disk, and finds out what the next will take."""
