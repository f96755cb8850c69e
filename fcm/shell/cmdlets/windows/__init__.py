"""Cmdlets of Windows itself that look at the nodes, or act on them."""
