"""What carries out commands: an embedded cluster or real hosts."""
