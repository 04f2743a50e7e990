"""The panels of the stage Models: training, prediction, interactions. They call actions alone."""
