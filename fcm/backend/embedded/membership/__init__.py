"""Who is a member of the cluster: nodes, networks, heartbeats, votes."""
