"""A real cluster lab on one Linux machine: namespaces as nodes, a libvirtd per node, a small guest of its own.

Reached from the command line alone (``fcm lab``). Nothing of it touches the host's own network interfaces, and no
packet ever leaves its namespaces.
"""
