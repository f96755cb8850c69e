"""Create a Cluster for hosts: Corosync, Pacemaker, fencing and witness: set up by steps, looked at, removed."""
