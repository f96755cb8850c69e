"""Live migrations between libvirt hosts: runs, telemetry, results, and what is measured and checked before."""
