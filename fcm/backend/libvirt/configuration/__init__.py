"""The hosts file: what it says, what it may ask for, and what is wrong with its hosts."""
