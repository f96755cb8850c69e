"""What is allowed and checked when machines move: drains, pre-flight checks, bandwidth, measurements."""
