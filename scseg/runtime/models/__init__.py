"""What runs for models: predictions, rules between them, training runs. No network is here."""
