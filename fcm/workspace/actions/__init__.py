"""Actions as data, their choices and questions, and the PowerShell text of commands."""
