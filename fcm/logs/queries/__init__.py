"""Structured event queries: their grammar, their forms, and how they are answered."""
