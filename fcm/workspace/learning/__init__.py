"""What people learn with: checks on the state of a cluster, and drills (docs/drills.md)."""
