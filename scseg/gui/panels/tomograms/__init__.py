"""The panels of the open tomograms: the list, pixel size, contrast and filters, crop."""
