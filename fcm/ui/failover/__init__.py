"""The explainer of a failover: what failed, when it was noticed, why this node, how long each step took."""
