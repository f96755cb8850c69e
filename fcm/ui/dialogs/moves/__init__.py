"""Dialogs about moves of virtual machines: checks, options, drains, what is past."""
