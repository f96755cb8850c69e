"""Names in sentences that a person reads."""

from __future__ import annotations

LONGEST = 120
"""Characters of a name that a sentence shows; the rest is left out."""


def in_quotes(name: object) -> str:
    """A name as a person quotes it: as it is, between quotation marks that it does not hold itself.

    Characters that would break the line or hide in it (line feeds, tabs, controls) are shown as a space or left out,
    a long text is cut. Never Python's notation: a backslash is one backslash, an umlaut or an emoji stays what it is.
    """
    words = " ".join(str(name).split()) if any(not char.isprintable() for char in str(name)) else str(name)
    shown = "".join(char for char in words if char.isprintable() or char in "\u200d\ufe0f")
    if len(shown) > LONGEST:
        shown = f"{shown[:LONGEST]}…"
    if "'" not in shown:
        return f"'{shown}'"
    return f'"{shown}"' if '"' not in shown else f"“{shown}”"
