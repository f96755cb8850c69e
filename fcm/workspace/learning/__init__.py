"""What people learn with: checks on the state of a cluster, guided courses, and drills (docs/courses.md, drills.md)."""

DRILL = "embedded:drill-"
"""How the URI of a drill's cluster begins."""


def is_drill(uri: str) -> bool:
    """Whether a cluster is that of a drill, which is gone once it is closed."""
    return uri.startswith(DRILL)
