"""fcm: Failover Cluster Manager for any desk."""

__version__ = "0.1.0"
