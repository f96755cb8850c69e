"""The text of a script to its tree, and back."""
