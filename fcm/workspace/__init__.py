"""One open cluster: its state, journal, actions and settings."""
