"""Event channels, descriptions of events, exports."""
