"""Recorded and past migrations, alone and side by side."""
