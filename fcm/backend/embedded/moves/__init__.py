"""Migrations of virtual machines in the embedded cluster."""
