"""A PowerShell-like shell over one workspace: language, pipeline, cmdlets; no window needed."""
