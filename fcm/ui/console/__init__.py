"""The Console: each click as PowerShell, and a prompt for more of it."""
