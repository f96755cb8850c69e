"""XML of Pacemaker's programs, read with limits and without entities."""

from __future__ import annotations

from xml.etree import ElementTree

DEEPEST = 64
"""Elements within elements; the CIB of groups in clones has some 10."""
MOST_ELEMENTS = 400_000
"""The CIB of 32 nodes with 1000 machines has 100,000 or so."""
LONGEST = 32 * 2**20
"""characters."""


class XmlError(Exception):
    """A text is no XML that is taken; the message says why, as the end of a sentence."""


class _Builder(ElementTree.TreeBuilder):
    """A tree that is neither too deep nor too large."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ElementTree.Element:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            raise XmlError(f"it has more than {DEEPEST} levels or {MOST_ELEMENTS:,} elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        self._depth -= 1
        return super().end(tag)


def parsed(text: str) -> ElementTree.Element:
    """The tree of a text.

    Raises:
        XmlError: it is not XML, too large, too deep, or declares a document type (with which entities would come).
    """
    if len(text) > LONGEST:
        raise XmlError(f"it is longer than {LONGEST >> 20} MiB")
    if "<!DOCTYPE" in text:
        raise XmlError("it declares a document type, which Pacemaker never does")
    start = text.find("<")
    if start < 0:
        raise XmlError("it is empty" if not text.strip() else "it is not XML")
    parser = ElementTree.XMLParser(target=_Builder())
    try:
        parser.feed(text[start:])
        tree = parser.close()
    except ElementTree.ParseError as error:
        raise XmlError(f"it is not XML ({error})") from None
    except ValueError:  # characters that cannot be encoded
        raise XmlError("it contains invalid characters") from None
    assert isinstance(tree, ElementTree.Element)
    return tree


def flag(element: ElementTree.Element, name: str, default: bool = False) -> bool:
    """A truth value as Pacemaker writes them (true, yes, on, 1, whatever the case)."""
    value = element.get(name)
    return default if value is None else is_true(value)


def is_true(value: str) -> bool:
    """Whether a value means yes (crm_is_true)."""
    return value.strip().lower() in ("true", "yes", "on", "y", "1")


def whole(value: str | None, default: int = 0) -> int:
    """A whole number; the default where there is none."""
    try:
        return int(value or "")
    except ValueError:
        return default
