"""What the user does to models and their predictions. No network is here."""
