"""What a running migration will do next."""
