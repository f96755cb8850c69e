"""The cmdlets for a real PowerShell: one JSON document a line each way; what a line may be is in ``wire``."""
