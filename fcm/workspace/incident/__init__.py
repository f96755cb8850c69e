"""Incident files: what happened in a cluster, with stand-ins for every name, to send to somebody who looks at it."""
