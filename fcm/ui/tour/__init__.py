"""The tour: a hand on mouse and keyboard walks through the guide and takes pictures."""
