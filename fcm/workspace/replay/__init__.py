"""Replay: journals, and incident files of others, shown at any of their moments; branches that go on from one."""

SCHEME = "replay:"
"""How the URI of a replay begins."""


def is_replay(uri: str) -> bool:
    """Whether what is opened by a URI is a replay."""
    return uri.startswith(SCHEME)
