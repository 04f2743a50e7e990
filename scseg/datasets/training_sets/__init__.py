"""Training sets (.scnt): cutting boxes out of annotated tomograms, writing and reading them."""
