"""Validate a Configuration: five categories of tests."""
