"""Wizards; each returns a command or None."""
