"""The PowerShell-like surface."""
