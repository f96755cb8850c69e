"""Dialogs about services and applications and the resources in them."""
