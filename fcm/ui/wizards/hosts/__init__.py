"""Wizards that form a cluster of Pacemaker on hosts, and remove one."""
