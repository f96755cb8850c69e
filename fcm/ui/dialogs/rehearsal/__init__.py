"""Rehearse: what failures and maintenance would bring, tried out on a twin of the cluster."""
