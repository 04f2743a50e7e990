"""What the user does to train models: training sets, parameters, runs. No network is here."""
