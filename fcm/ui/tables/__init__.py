"""Tables of objects, and what leaves them as a file."""
