"""Real hosts on which Pacemaker and Corosync decide where machines run."""
