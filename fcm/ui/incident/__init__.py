"""Save Incident: what happened in a cluster as one file to send, looked at before it is saved."""
