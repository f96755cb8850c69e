"""Cmdlets and programs that read event logs."""
