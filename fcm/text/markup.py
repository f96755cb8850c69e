"""Text in XML. The standard library's functions for it import HTTP, TLS and mail with them, at every start."""

from __future__ import annotations

_INSIDE = (("&", "&amp;"), (">", "&gt;"), ("<", "&lt;"))
_SPACES = (("\n", "&#10;"), ("\r", "&#13;"), ("\t", "&#9;"))


def escape(text: str) -> str:
    """A text between tags."""
    for sign, name in _INSIDE:
        text = text.replace(sign, name)
    return text


def quoteattr(text: str) -> str:
    """The value of an attribute, in the quotation marks that it has not; line ends and tabs are kept."""
    text = escape(text)
    for sign, name in _SPACES:
        text = text.replace(sign, name)
    if '"' not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', "&quot;") + '"'
