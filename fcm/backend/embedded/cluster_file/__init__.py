"""Cluster files: a whole cluster described in TOML."""
