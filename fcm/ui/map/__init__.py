"""The map of a cluster: nodes with their machines, networks between them, migrations on their way."""
