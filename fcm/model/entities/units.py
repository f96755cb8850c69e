"""Binary units, and the number that says "not set"."""

MIB = 2**20
GIB = 2**30
AUTOMATIC = 2**32 - 1
"""What properties of groups say for "not set": the cluster decides."""
