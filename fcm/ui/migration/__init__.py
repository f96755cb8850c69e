"""The migration view."""
