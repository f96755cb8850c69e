"""Names in sentences that a person reads."""

from __future__ import annotations

_JOINERS = "\u200d\ufe0f"
"""Characters that join others to one emoji."""
LONGEST = 120
"""Characters of a name that a sentence shows; the rest is left out."""


def is_visible(name: str) -> bool:
    """Whether a name has no characters that hide, turn the direction or take no room; joined emoji are visible."""
    return all(letter.isprintable() or letter in _JOINERS for letter in name) and bool(name.strip(_JOINERS))


def quoted(name: object) -> str:
    """A name as a person quotes it: as it is, between quotation marks that it does not hold itself.

    Characters that would break the line or hide in it (line feeds, tabs, controls) are shown as a space, a long
    text is cut. Never Python's notation: a backslash is one backslash, an umlaut or an emoji stays what it is.
    """
    shown = str(name)
    if not shown.isprintable():
        visible = (char if char.isprintable() or char in _JOINERS else " " for char in shown)
        shown = " ".join("".join(visible).split())
    if len(shown) > LONGEST:
        shown = f"{shown[:LONGEST]}…"
    if "'" not in shown:
        return f"'{shown}'"
    return f'"{shown}"' if '"' not in shown else f"“{shown}”"


def as_data(value: object) -> str:
    """A value that stands in a file, as the notation of files has it: null, true, [1, "a"]; a text is quoted as a name.

    Never Python's notation.
    """
    if isinstance(value, str):
        return quoted(value)
    import json  # only now: fcm --version does without

    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun, and its verb where there is one: "1 file was written", "12,000 files were written".

    Args:
        number: how many.
        one: what stands behind a single one.
        many: what stands behind any other number; ``one`` with an s if not given.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
