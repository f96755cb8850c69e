"""What lies on disk: journals, settings, the list of trusted files."""
