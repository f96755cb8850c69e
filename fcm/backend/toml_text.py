"""Line numbers in TOML text, which the standard library's parser does not keep."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_\"'.\s-]+?)\s*(\]\]?)\s*(#.*)?$")


def line_of(text: str, table: str, index: int = 0, key: str | None = None) -> int | None:
    """1-based line of a key in a table, or of the table's header; None where it cannot be found.

    Args:
        text: the TOML document.
        table: "" for the top level, "cluster" for [cluster], "node" for [[node]].
        index: which of several [[table]]s, from 0.
        key: a key at the left of an equals sign; None for the header.
    """
    seen, inside, header = -1, table == "", None
    for number, line in enumerate(text.splitlines(), 1):
        match = _HEADER.match(line)
        if match:
            if key is not None and table == "" and match[2].strip("\"' ") == key:
                return number
            if match[2].strip("\"' ") == table:
                seen += 1
                inside = seen == index
                header = number if inside else header
            else:
                inside = False
            continue
        if inside and key is not None and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return number
    return header
