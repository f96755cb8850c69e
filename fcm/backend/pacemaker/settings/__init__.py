"""Properties of groups, resources, nodes, networks and the cluster, as command lines of Pacemaker.

What has no counterpart is refused with the reason. What the scheduler would answer with a stop or a restart of a
running machine is refused before it is set (fcm.backend.pacemaker.impact).
"""
