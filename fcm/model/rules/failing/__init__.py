"""Failures: the physical truth, what is assumed, placement, and what must hold whatever fails."""
