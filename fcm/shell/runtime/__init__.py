"""What carries a script out: sessions, calls, scopes, errors."""
