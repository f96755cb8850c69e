"""Ids of objects: GUIDs that follow from names, so that the same file always gives the same cluster."""

from __future__ import annotations

import uuid

_NAMESPACE = uuid.UUID("6f9b2c0e-6d0c-5d3f-9a52-2f9f6f1d1c55")


def identity(*parts: object) -> str:
    """The GUID of what these words name."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(map(str, parts))))
