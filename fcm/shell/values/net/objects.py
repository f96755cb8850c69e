"""Objects of .NET that scripts make: versions, GUIDs, addresses, texts being built, matches, XML, collections."""

from __future__ import annotations

import ipaddress
import re
import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ConversionError, ShellError, UnsupportedError
from fcm.shell.values.net.types import Net, NetList, NetType
from fcm.shell.values.values import text
from fcm.text.words import quoted

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

LONGEST = 2**24
"""Characters of a text that is being built."""


class Version(Net):
    """``[version]``: two to four numbers; one that is not there is -1."""

    net = "System.Version"

    def __init__(self, numbers: tuple[int, ...]) -> None:
        self.numbers = numbers

    @classmethod
    def parsed(cls, written: str) -> Version | None:
        """A text as version, None if it is none."""
        parts = written.strip().split(".")
        if not 2 <= len(parts) <= 4 or not all(one.strip().isdigit() for one in parts):
            return None
        return cls(tuple(map(int, parts)))

    @property
    def whole(self) -> tuple[int, ...]:
        """All four numbers."""
        return self.numbers + (-1,) * (4 - len(self.numbers))

    def net_text(self) -> str:
        """The numbers that are there."""
        return ".".join(map(str, self.numbers))

    def net_get(self, name: str) -> Any:
        """Major, Minor, Build, Revision.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        names = ("major", "minor", "build", "revision")
        if name in names:
            return self.whole[names.index(name)]
        raise KeyError(name)

    def call(self, name: str, arguments: list[Any]) -> Any:
        """ToString(count), CompareTo(version).

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        if name == "tostring" and len(arguments) == 1 and isinstance(arguments[0], int):
            return ".".join(map(str, self.numbers[: arguments[0]]))
        if name == "compareto" and len(arguments) == 1 and isinstance(arguments[0], Version):
            return (self.whole > arguments[0].whole) - (self.whole < arguments[0].whole)
        raise KeyError(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.whole == other.whole

    def __lt__(self, other: Version) -> bool:
        return self.whole < other.whole

    def __hash__(self) -> int:
        return hash(self.whole)


class Guid(Net):
    """``[guid]``."""

    net = "System.Guid"

    def __init__(self, value: uuid.UUID) -> None:
        self.value = value

    def net_text(self) -> str:
        """In small letters with dashes."""
        return str(self.value)

    def net_get(self, name: str) -> Any:
        """The display of a GUID.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        if name == "guid":
            return str(self.value)
        raise KeyError(name)

    def call(self, name: str, arguments: list[Any]) -> Any:
        """ToString(form).

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        if name == "tostring" and len(arguments) == 1:
            forms = {"n": self.value.hex, "d": str(self.value), "b": f"{{{self.value}}}", "p": f"({self.value})"}
            form = text(arguments[0]).casefold()
            if form in forms:
                return forms[form]
        raise KeyError(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guid) and self.value == other.value

    def __lt__(self, other: Guid) -> bool:
        return self.value < other.value

    def __hash__(self) -> int:
        return hash(self.value)


class Address(Net):
    """``[ipaddress]``."""

    net = "System.Net.IPAddress"

    def __init__(self, value: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
        self.value = value

    @classmethod
    def parsed(cls, written: str) -> Address | None:
        """A text as address, None if it is none, or one that .NET and Python read in different ways."""
        try:
            return cls(ipaddress.ip_address(written.strip()))
        except ValueError:
            return None

    def net_text(self) -> str:
        """As people write it."""
        return str(self.value)

    def net_get(self, name: str) -> Any:
        """IPAddressToString, AddressFamily.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        if name == "ipaddresstostring":
            return str(self.value)
        if name == "addressfamily":
            from fcm.shell.values.net.types import EnumValue

            return EnumValue(NetType("System.Net.Sockets.AddressFamily"), 2 if self.value.version == 4 else 23)
        raise KeyError(name)

    def call(self, name: str, arguments: list[Any]) -> Any:
        """GetAddressBytes().

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        if name == "getaddressbytes" and not arguments:
            return list(self.value.packed)
        raise KeyError(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


class StringBuilder(Net):
    """``[System.Text.StringBuilder]``."""

    net = "System.Text.StringBuilder"

    def __init__(self, start: str = "") -> None:
        self.value = start

    def net_text(self) -> str:
        """What it has so far."""
        return self.value

    def net_get(self, name: str) -> Any:
        """Length.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        if name == "length":
            return len(self.value)
        raise KeyError(name)

    def call(self, name: str, arguments: list[Any]) -> Any:
        """Append, AppendLine, AppendFormat, Insert, Replace, Remove, Clear; each gives itself.

        Raises:
            KeyError: there is none of that name for these arguments.
            ShellError: it cannot be done.
        """
        match name, arguments:
            case "append", [one]:
                self.value += text(one)
            case "appendline", []:
                self.value += "\n"
            case "appendline", [one]:
                self.value += text(one) + "\n"
            case "insert", [int() as place, one]:
                if not 0 <= place <= len(self.value):
                    raise ShellError("The place is outside of the text.", "Choose a place within it.")
                self.value = self.value[:place] + text(one) + self.value[place:]
            case "replace", [old, new] if text(old):
                self.value = self.value.replace(text(old), text(new))
            case "remove", [int() as start, int() as count] if 0 <= start <= start + count <= len(self.value):
                self.value = self.value[:start] + self.value[start + count :]
            case "clear", []:
                self.value = ""
            case "tostring", []:
                return self.value
            case _:
                raise KeyError(name)
        if len(self.value) > LONGEST:
            raise ShellError(f"A text can have at most {LONGEST} characters.", "Write the parts to a file instead.")
        return self


class Group(Net):
    """What a group of a pattern found."""

    net = "System.Text.RegularExpressions.Group"

    def __init__(self, match: re.Match[str], which: int | str) -> None:
        self.match, self.which = match, which

    def net_text(self) -> str:
        """What it found."""
        return self.match[self.which] or ""

    def net_get(self, name: str) -> Any:
        """Value, Success, Index, Length, Name.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        found = self.match[self.which]
        match name:
            case "value":
                return found or ""
            case "success":
                return found is not None
            case "index":
                return max(self.match.start(self.which), 0)
            case "length":
                return len(found or "")
            case "name":
                return str(self.which)
        raise KeyError(name)


class Match(Group):
    """A match of a pattern; None: there is none."""

    net = "System.Text.RegularExpressions.Match"

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(match, 0)

    def net_get(self, name: str) -> Any:
        """That of a group, and Groups."""
        if name == "groups":
            return Groups(self.match)
        return super().net_get(name)


class NoMatch(Net):
    """A pattern that was not found."""

    net = "System.Text.RegularExpressions.Match"

    def net_text(self) -> str:
        """Nothing."""
        return ""

    def net_get(self, name: str) -> Any:
        """Success and Value.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        match name:
            case "success":
                return False
            case "value":
                return ""
            case "index" | "length":
                return 0
        raise KeyError(name)


class Groups(NetList):
    """The groups of a match, by number or name."""

    def __init__(self, match: re.Match[str]) -> None:
        names = {number: name for name, number in match.re.groupindex.items()}
        which = [names.get(number, number) for number in range(len(match.groups()) + 1)]
        super().__init__(
            NetType("System.Text.RegularExpressions.GroupCollection"), [Group(match, one) for one in which]
        )
        self.match = match

    def named(self, name: str) -> Any:
        """The group of a name."""
        return Group(self.match, name) if name in self.match.re.groupindex else NoMatch()


_NAMED_GROUP = re.compile(r"(?<!\\)\(\?<(?=[A-Za-z_])")
_NAMED_BACK = re.compile(r"(?<!\\)\\k<(\w+)>")
_ODD = re.compile(r"(?<!\\)(?:\\[pPGX]|\(\?[<']?-|\(\?'|\[[^\]]*-\[|\\c|\(\?\(|\(\?>[^)]*\)|[*+?}]\+)")


def regex(pattern: Any, cased: bool = False, flags: int = 0) -> re.Pattern[str]:
    """A regular expression as scripts write it.

    Raises:
        ShellError: it is not valid, or .NET and Python do not mean the same by it.
    """
    written = text(pattern)
    if _ODD.search(written):
        raise UnsupportedError(f"The regular expression {quoted(written)}")
    inner = _NAMED_BACK.sub(r"(?P=\1)", _NAMED_GROUP.sub("(?P<", written))
    inner = re.sub(r"(?<!\\)\\z", r"\\Z", re.sub(r"(?<!\\)\\Z", r"(?=\\n?\\Z)", inner))
    heads = re.match(r"\(\?([imsnx]+)\)", inner)
    if heads is not None:
        if set(heads[1]) - set("imsx"):
            raise UnsupportedError(f"The option {heads[0]} of a regular expression")
        inner = inner[heads.end() :]
        for one in heads[1]:
            flags |= {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}[one]
    try:
        return re.compile(inner, flags | (0 if cased else re.IGNORECASE))
    except re.error as error:
        if "look-behind" in str(error) or "unknown extension" in str(error) or "bad escape" in str(error):
            raise UnsupportedError(f"The regular expression {quoted(written)}") from error
        failed = ShellError(
            f"{quoted(written)} is not a valid regular expression: {error}.", "Escape . * + ? ( ) [ \\ with \\"
        )
        failed.known_id = "System.Text.RegularExpressions.RegexParseException"
        raise failed from error


_REPLACED = re.compile(r"\$(?:(\d+)|\{(\w+)\}|([$&`'+_]))")


def replacement(new: str, pattern: re.Pattern[str]) -> Callable[[re.Match[str]], str]:
    """What .NET puts in the place of a match: $1, ${name}, $&, $$ and the like; what names no group stays."""

    def one(found: re.Match[str]) -> str:
        def filled(token: re.Match[str]) -> str:
            if token[1] or token[2]:
                word = token[1] or token[2]
                if word.isdigit():
                    return (found[int(word)] or "") if int(word) <= pattern.groups else token[0]
                return (found[word] or "") if word in pattern.groupindex else token[0]
            match token[3]:
                case "$":
                    return "$"
                case "&":
                    return found[0]
                case "`":
                    return found.string[: found.start()]
                case "'":
                    return found.string[found.end() :]
                case "_":
                    return found.string
                case _:
                    return found[pattern.groups] or ""

        return _REPLACED.sub(filled, new)

    return one


class Regex(Net):
    """``[regex]``: case counts."""

    net = "System.Text.RegularExpressions.Regex"

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.compiled = regex(pattern, cased=True, flags=flags)

    def net_text(self) -> str:
        """The pattern."""
        return self.pattern

    def call(self, name: str, arguments: list[Any]) -> Any:
        """Match, Matches, IsMatch, Replace, Split.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        match name, arguments:
            case "ismatch", [one]:
                return self.compiled.search(text(one)) is not None
            case "match", [one]:
                found = self.compiled.search(text(one))
                return NoMatch() if found is None else Match(found)
            case "matches", [one]:
                kind = NetType("System.Text.RegularExpressions.MatchCollection")
                return NetList(kind, [Match(found) for found in self.compiled.finditer(text(one))])
            case "replace", [one, str() as new]:
                return self.compiled.sub(replacement(new, self.compiled), text(one))
            case "split", [one]:
                return [piece for piece in self.compiled.split(text(one)) if piece is not None]
        raise KeyError(name)


class XmlNode(Net):
    """An element of an XML document, or the document."""

    net = "System.Xml.XmlElement"

    def __init__(self, element: ElementTree.Element, root: bool = False, source: str = "") -> None:
        self.element, self.root = element, root
        self.source = source or ElementTree.tostring(element, encoding="unicode")
        """The text that it was made of."""

    @classmethod
    def document(cls, written: str) -> XmlNode:
        """A text as document.

        Raises:
            ShellError: it is not well-formed.
        """
        if "<!DOCTYPE" in written or "<!ENTITY" in written:
            raise UnsupportedError("XML with a document type")
        try:
            return cls(ElementTree.fromstring(written.strip()), root=True, source=written)
        except ElementTree.ParseError as error:
            raise ConversionError(f"The text is not valid XML: {error}.", "Check its tags.") from error

    def net_text(self) -> str:
        """A node in a text is its kind in PowerShell.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        raise UnsupportedError("An XML node as text", "Use its property InnerText or '#text'.")

    def net_get(self, name: str) -> Any:
        """An attribute, the elements of a name, or one of Name, InnerText, DocumentElement, ChildNodes.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        if self.root:
            if name == "documentelement":
                return XmlNode(self.element)
            if name == self.element.tag.casefold():
                return self._short(self.element)
            raise UnsupportedError(f"The property {name} of an XML document")
        found: list[Any] = [value for key, value in self.element.attrib.items() if key.casefold() == name]
        found += [self._short(one) for one in self.element if one.tag.casefold() == name]
        if found:
            return found[0] if len(found) == 1 else found
        match name:
            case "name" | "localname":
                return self.element.tag
            case "innertext":
                return "".join(self.element.itertext())
            case "#text":
                return self.element.text
            case "childnodes" if len(self.element):
                return [XmlNode(one) for one in self.element]
            case "haschildnodes" | "outerxml" | "innerxml" | "attributes" | "parentnode" | "firstchild" | "childnodes":
                raise UnsupportedError(f"The property {name} of an XML node")
        return None

    @staticmethod
    def _short(element: ElementTree.Element) -> Any:
        """An element without attributes and elements is its text."""
        if len(element) or element.attrib:
            return XmlNode(element)
        return element.text or ""

    def call(self, name: str, arguments: list[Any]) -> Any:
        """GetAttribute(name).

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        if name == "getattribute" and len(arguments) == 1 and not self.root:
            return self.element.get(text(arguments[0]), "")
        raise KeyError(name)
