"""Virtual machines of the embedded cluster, and the software inside them."""
