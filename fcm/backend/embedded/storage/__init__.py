"""Disks and Cluster Shared Volumes of the embedded cluster."""
