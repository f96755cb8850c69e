"""Validate a Configuration of servers that need be no cluster."""
