"""The tour: a driver of mouse and keyboard walks through the guide and takes pictures."""
