"""Recordings of migrations: read from files of other people, kept, written and drawn."""
