"""The event log of a cluster, its queries and exports."""
