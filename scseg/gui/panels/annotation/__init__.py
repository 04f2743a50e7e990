"""The panels of the stage Segmentation: features and tools. They call actions and keep nothing else."""
