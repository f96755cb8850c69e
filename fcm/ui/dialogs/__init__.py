"""Dialogs; each returns a command or None."""
