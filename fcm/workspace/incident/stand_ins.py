"""Stand-ins for names, ids, addresses and paths: the same one everywhere, and nothing in it that leads back.

Names are those that the history itself has; where they stand in sentences, they are found there too, in any case of
their letters and in the forms of XML, JSON and percent encoding. Ids, network addresses, paths, URIs and full host
names are found by their form, so that those in messages of libvirt or Pacemaker are replaced as well.
"""

from __future__ import annotations

import html
import ipaddress
import json
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

from fcm.logs.pacemaker_log import hide

if TYPE_CHECKING:
    from collections.abc import Iterable

WHOLE_WORD = 4
"""Names with fewer characters are replaced as whole words only: they are parts of too many other words."""
FORMS = {
    "cluster": "cluster-{}",
    "domain": "domain-{}.example",
    "node": "node-{}",
    "machine": "VM-{:03}",
    "network": "Network {}",
    "adapter": "Adapter {}",
    "disk": "Disk {}",
    "volume": "Volume {}",
    "folder": "Folder{}",
    "service": "Service {}",
    "resource": "Resource {}",
    "switch": "Switch {}",
    "snapshot": "Snapshot {}",
    "class": "Class {}",
    "detail": "detail {}",
    "description": "description {}",
    "host": "host-{}.example",
    "user": "user-{}@host.example",
    "witness": "\\\\server-{}\\share",
    "id": "00000000-0000-4000-8000-{:012x}",
    "MAC address": "02:00:00:{:06x}",
}
"""What stands for a thing of each kind, with its number."""
ORDINARY = re.compile(
    r"(Virtual Machine( Configuration)?|Cluster (Disk|Network|Group|Name|IP Address)|Available Storage|"
    r"File Share Witness|Volume|IP Address|VM Network|[\s\d.:()/_-])*",
    re.IGNORECASE,
)
"""Names that Windows gives: they say nothing about anybody."""
_HARMLESS = ("127.0.0.1", "0.0.0.0", "::", "::1", "255.255.255.255")
_HEX = "[0-9A-Fa-f]"
_PATTERNS = {
    "uri": r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>]+",
    "id": rf"(?<!{_HEX}){_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}(?!{_HEX})|(?<!\w){_HEX}{{32}}(?!\w)",
    "mac": rf"(?<![\w:-])(?:{_HEX}{{2}}[:-]){{5}}{_HEX}{{2}}(?![\w:-])",
    "six": rf"(?<![\w:.]){_HEX}{{0,4}}:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?![\w:])",
    "four": r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)",
    "user": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*",
    "quoted": r"(?<=[\"'“])(?:/|[A-Za-z]:\\|\\\\)[^\"'”\n]+",
    "windows": r"(?:\\\\|(?<!\w)[A-Za-z]:\\)[^\s\"'<>|*?,;]+",
    "path": r"(?<![\w/.<>])/(?:[^\s\"'<>|*?,;:/]+/)*[^\s\"'<>|*?,;:/]+/?",
    "host": r"(?<![\w.@-])[A-Za-z][\w-]*(?:\.[\w-]+)+\.[A-Za-z]{2,}(?![\w-])",
}


class StandIns:
    """What stands for what; filled first (``add``), then asked (``text``)."""

    def __init__(self) -> None:
        self.table: dict[str, tuple[str, str]] = {}
        """Original: what it is, and what stands for it; in the order in which they were found."""
        self._known: dict[str, str] = {}
        """Every form of an original, letters folded: what stands for it."""
        self._numbers: dict[str, int] = {}
        self._subnets: dict[str, ipaddress.IPv4Network | ipaddress.IPv6Network] = {}
        self._taken: dict[str, int] = {}
        self._pattern: re.Pattern[str] | None = None
        self._answers: dict[str, str] = {}

    def add(self, kind: str, name: str | None) -> None:
        """There is a thing of this name; what is ordinary or known already needs no stand-in of its own."""
        if not name or name.casefold() in self._known or ORDINARY.fullmatch(name):
            return
        self._make(kind, name)

    def add_composed(self, kind: str, name: str | None) -> None:
        """The same of a name that may be made of others; to be called after those were added."""
        if not name or name.casefold() in self._known:
            return
        left = self._compiled().sub("", name)
        if left != name and ORDINARY.fullmatch(left):
            return
        self.add(kind, name)

    def add_path(self, path: str | None) -> None:
        """There is a file or folder."""
        if path and path.casefold() not in self._known:
            number = self._next("path")
            form = f"/path-{number}" if path.startswith("/") else f"C:\\path-{number}"
            if path.startswith("\\\\"):
                form = f"\\\\server-{number}\\share"
            self._keep("path", path, form)

    def add_subnet(self, subnet: str) -> None:
        """There is a network (CIDR): its addresses stay together."""
        if subnet in self._subnets:
            return
        try:
            known = ipaddress.ip_network(subnet)
        except ValueError:
            return
        number = self._next(f"subnet {known.version}")
        base = f"240.{number % 256}.0.0" if known.version == 4 else f"2001:db8:{number:x}::"
        made = ipaddress.ip_network(f"{base}/{max(known.prefixlen, 16 if known.version == 4 else 48)}", strict=False)
        self._subnets[subnet] = made
        self.table[subnet] = ("subnet", str(made))
        self._known[subnet.casefold()] = str(made)
        self._pattern = None

    def _make(self, kind: str, name: str) -> str:
        while True:
            made = FORMS[kind].format(self._next(kind))
            if made.casefold() not in self._known:
                break
        return self._keep(kind, name, made)

    def _next(self, kind: str) -> int:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    def _keep(self, kind: str, name: str, made: str) -> str:
        self.table[name] = (kind, made)
        for form in _forms(name):
            self._known.setdefault(form.casefold(), made)
        self._pattern = None
        self._answers.clear()
        return made

    # Asking

    def text(self, text: str) -> str:
        """A text with stand-ins for everything in it."""
        found = self._answers.get(text)
        if found is None:
            found = self._known.get(text.casefold())
            if found is None:
                found = self._compiled().sub(self._replaced, hide(text) if " " in text else text)
            self._answers[text] = found
        return found

    def _compiled(self) -> re.Pattern[str]:
        if self._pattern is None:
            words = sorted(self._known, key=len, reverse=True)
            long = [word for word in words if len(word) >= WHOLE_WORD and not word.isdigit()]
            short = [word for word in words if len(word) < WHOLE_WORD or word.isdigit()]
            parts = [f"(?P<known>{_trie(long)})"] if long else []
            if short:
                parts.append(rf"(?P<short>(?<![^\W_])(?:{_trie(short)})(?![^\W_]))")
            parts += [f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()]
            self._pattern = re.compile("|".join(parts), re.IGNORECASE)
        return self._pattern

    def _replaced(self, match: re.Match[str]) -> str:
        kind, text = str(match.lastgroup), match[0]
        known = self._known.get(text.casefold())
        if known is not None:
            return known
        if kind in ("known", "short"):  # letters that fold to more than one
            return self._known.get(unicodedata.normalize("NFC", text).casefold(), "name")
        return self._of_pattern(kind, text)

    def _of_pattern(self, kind: str, text: str) -> str:
        if kind in ("four", "six"):
            return self._address(text)
        if kind == "uri":
            scheme = text.partition("://")[0]
            return self._later("host", text, f"{scheme}://host-{{}}.example/")
        if kind in ("quoted", "windows", "path"):
            self.add_path(text)
            return self._known[text.casefold()]
        if kind == "id":
            plain = text.replace("-", "").casefold()
            dashed = f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"
            made = self._known.get(dashed) or self._make_later("id", dashed)
            return made if "-" in text else made.replace("-", "")
        return self._make_later({"mac": "MAC address"}.get(kind, kind), text)

    def _later(self, kind: str, text: str, form: str) -> str:
        """Something that is found by its form: it need not be looked for in other texts by its letters."""
        made = form.format(self._next(kind))
        self.table[text] = (kind, made)
        self._known[text.casefold()] = made
        return made

    def _make_later(self, kind: str, text: str) -> str:
        made = FORMS[kind].format(self._next(kind))
        self.table[text] = (kind, _spaced(made) if kind == "MAC address" else made)
        self._known[text.casefold()] = self.table[text][1]
        return self.table[text][1]

    def _address(self, text: str) -> str:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return text
        if str(address) in _HARMLESS:
            return text
        known = self._known.get(str(address))
        if known is not None:
            return known
        other = ipaddress.ip_network("240.255.0.0/16" if address.version == 4 else "2001:db8:ffff::/48")
        made = next((net for subnet, net in self._subnets.items() if address in ipaddress.ip_network(subnet)), other)
        self._taken[str(made)] = number = self._taken.get(str(made), 0) + 1
        stand_in = str(made[number % made.num_addresses])
        self.table[text] = ("address", stand_in)
        self._known[text.casefold()] = self._known[str(address)] = stand_in
        return stand_in


def _spaced(address: str) -> str:
    """A MAC address with all its colons."""
    digits = address.replace(":", "")
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def _forms(name: str) -> Iterable[str]:
    """How a name may stand in texts."""
    for form in dict.fromkeys(unicodedata.normalize(kind, name) for kind in ("NFC", "NFD")):
        yield form
        yield html.escape(form)
        yield html.escape(form, quote=False)
        yield quote(form)
        yield quote(form, safe="")
        yield json.dumps(form)[1:-1]
        yield json.dumps(form, ensure_ascii=False)[1:-1]
        yield form.replace(" ", "-")
        yield form.replace(" ", "_")


def _trie(words: Iterable[str]) -> str:
    """A pattern that matches the longest of the words; fast for thousands of them."""
    root: dict[str, dict] = {}  # type: ignore[type-arg]
    for word in words:
        place = root
        for letter in word:
            place = place.setdefault(letter, {})
        place[""] = {}
    return _pattern_of(root)


def _pattern_of(place: dict[str, dict]) -> str:  # type: ignore[type-arg]
    # A run of single letters is followed in a loop: names of 200 letters must not nest as deep.
    run = ""
    while len(place) == 1 and "" not in place:
        ((letter, place),) = place.items()
        run += re.escape(letter)
    if not place or set(place) == {""}:
        return run
    branches = [_branch(letter, rest) for letter, rest in place.items() if letter]
    inner = f"(?:{'|'.join(branches)})"
    return f"{run}{inner}?" if "" in place else f"{run}{inner}"


def _branch(letter: str, rest: dict[str, dict]) -> str:  # type: ignore[type-arg]
    return re.escape(letter) + _pattern_of(rest)
