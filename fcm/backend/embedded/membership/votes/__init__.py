"""Votes and quorum of the embedded cluster: dynamic weights, the witness, the views of a cluster that was cut."""
