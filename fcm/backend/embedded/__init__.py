"""A cluster in this process, simulated in virtual time."""
