"""What a cluster is: frozen data, commands, events, one reducer, rules. Standard library only, pure."""
