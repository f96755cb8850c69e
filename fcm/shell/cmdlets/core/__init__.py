"""Cmdlets of PowerShell itself."""
