"""Planned migrations: what is measured of a guest, and the verdict."""
