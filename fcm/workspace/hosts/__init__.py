"""Clusters of real hosts that are formed and removed from the window; the window knows the backend by this room."""
