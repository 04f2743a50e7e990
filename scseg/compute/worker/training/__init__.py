"""What trains: one run, what it learns from, and the checkpoints that it leaves."""
