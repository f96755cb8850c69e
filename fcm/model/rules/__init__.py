"""What may be done, why not, and what to do about it."""
