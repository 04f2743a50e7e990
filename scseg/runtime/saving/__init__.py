"""Writes down what the user keeps from one day to the next, and brings it back. No file format is here."""
