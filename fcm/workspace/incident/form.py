"""The form of an incident file: the names of the files in it that fcm reads, and its version."""

from __future__ import annotations

FORMAT = 1
"""Newest version that this program writes and reads."""
MANIFEST, STATE, EVENTS, TELEMETRY = "manifest.json", "state.jsonl", "events.jsonl", "telemetry.jsonl"
