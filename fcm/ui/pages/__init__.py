"""Centre pages, one for each kind of tree node."""
