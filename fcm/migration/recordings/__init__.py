"""Recordings of migrations: read from files of strangers, kept, written and drawn."""
