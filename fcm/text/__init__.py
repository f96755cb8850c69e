"""Texts that come in and go out: read in one way, quoted in one way, guarded in one way."""
