"""Commands on the nodes: command lines, the shells that run them, the agent and the services there."""
