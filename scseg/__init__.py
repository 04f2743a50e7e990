"""scSegmentation: segmentation of cryo-electron tomograms by small networks trained on little annotation."""

__version__ = "0.1.0"
