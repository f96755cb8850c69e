"""What things may be called, and which names are one name.

Files and folders: learn.microsoft.com, "Naming Files, Paths, and Namespaces". Servers and clusters, which have an
account and an address under their name: "Naming conventions in Active Directory for computers, domains, sites, and OUs"
(NetBIOS and DNS host names).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.model.rules.verdict import OK, Verdict, no, together

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME_LIMIT = 80
"""Characters of a name; Failover Clustering itself cuts off far beyond."""
FOLDER_LIMIT = 255
"""UTF-16 code units of the name of a file or folder on NTFS."""
SERVER_LIMIT = 15
"""Characters of a NetBIOS name: the name of a server or of a cluster."""
DOMAIN_LIMIT = 237
"""Characters of a domain: 253 of a full DNS name without a server's 15 and a period."""
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[1-9¹²³])[ ]*(\..*)?", re.IGNORECASE | re.DOTALL)
_DNS_PART = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NOT_DNS = re.compile(r"[^A-Za-z0-9-]")
_OTHER_NAME = "Choose another name."


def same(name: str) -> str:
    """A key that is equal for names that Windows takes for one: letters in any case, no spaces or periods at the end.

    Letter by letter, as NTFS compares: "ß" is not "ss".
    """
    if name.isascii():
        return name.upper().rstrip(" .")
    return "".join(upper if len(upper := letter.upper()) == 1 else letter for letter in name).rstrip(" .")


def is_taken(name: str, others: Iterable[str]) -> bool:
    """Whether one of the other names is the same to Windows."""
    key = same(name)
    return any(same(other) == key for other in others)


def not_taken(name: str, others: Iterable[str], reason: str) -> Verdict:
    """Whether none of the other names is the same to Windows; ``reason`` says that one is."""
    return no(reason, _OTHER_NAME) if is_taken(name, others) else OK


def object_name(name: str, what: str, limit: int = NAME_LIMIT) -> Verdict:
    """Whether something that only the cluster knows can be called so: a group, resource, disk or network."""
    return _empty(name, what) and together(_wrong_letters(name, what, limit))


def file_name(name: str, what: str, limit: int = NAME_LIMIT) -> Verdict:
    """Whether something that is a file or folder under its name can be called so: a machine, a volume's folder."""
    return _empty(name, what) and together((*_wrong_letters(name, what, limit), *_wrong_for_files(name)))


def server_name(name: str, what: str) -> Verdict:
    """Whether a server or a cluster can be called so."""
    return _empty(name, what) and together((*_wrong_for_servers(name, what), *_wrong_for_files(name)))


def domain_name(name: str) -> Verdict:
    """Whether a DNS domain can be called so; "" is none. Parts of 1 to 63 letters, digits and hyphens (RFC 1123)."""
    parts = name.split(".") if name else []
    if len(name) > DOMAIN_LIMIT or not all(_DNS_PART.fullmatch(part) for part in parts):
        return no(
            f'"{name}" is not a DNS domain.',
            "Use letters, digits and hyphens between periods, as in contoso.com; no part begins or ends with a hyphen.",
        )
    return OK


def safe_file_name(text: str, instead: str = "unnamed") -> str:
    """The text as (the beginning of) a name that every file system takes: letters, digits, ``_``, ``.`` and ``-``; at
    most 100 bytes in UTF-8, so that time, number and extension fit behind it and the path in 260 characters.
    """
    plain = re.sub(r"[^\w.-]+", "-", text).strip("-.").encode("utf-8", "ignore")[:100].decode("utf-8", "ignore")
    plain = plain.rstrip("-.") or instead
    return f"_{plain}" if _DEVICE.fullmatch(plain) else plain


def _empty(name: str, what: str) -> Verdict:
    return OK if name.strip() else no(f"The {what} needs a name.", "Type at least one character.")


def _wrong_letters(name: str, what: str, limit: int) -> Iterator[Verdict]:
    length = len(name.encode("utf-16-le", "surrogatepass")) // 2
    if length > limit:
        yield no(f"The name of the {what} has {length} characters.", f"Use at most {limit}.")
    if _FORBIDDEN.search(name):
        shown = "".join(letter if letter.isprintable() else " " for letter in name)
        text = f'The name "{shown}" has a character that file names cannot have.'
        yield no(text, 'Leave out \\ / : * ? " < > | and control characters.')
    if name.endswith(" "):
        yield no(f'The name "{name}" ends with a space.', "Remove the space at the end.")


def _wrong_for_files(name: str) -> Iterator[Verdict]:
    if name.rstrip(" ").endswith("."):
        yield no(f'The name "{name}" ends with a period, which Windows removes.', "Remove the period at the end.")
    if _DEVICE.fullmatch(name):
        device = name.partition(".")[0].strip().upper()
        yield no(f"Windows reserves the name {device} for a device, with or without an extension.", _OTHER_NAME)


def _wrong_for_servers(name: str, what: str) -> Iterator[Verdict]:
    if len(name) > SERVER_LIMIT:
        text = f'The name of the {what} "{name}" has {len(name)} characters.'
        yield no(text, f"Use at most {SERVER_LIMIT}, the limit for NetBIOS names.")
    if _NOT_DNS.search(name):
        text = f'The name of the {what} "{name}" has a character that DNS computer names cannot have.'
        yield no(text, "Use A to Z, 0 to 9 and the hyphen.")
    elif name.startswith("-") or name.endswith("-"):
        text = f'The name of the {what} "{name}" begins or ends with a hyphen.'
        yield no(text, "Begin and end with a letter or digit.")
    elif name.isdecimal():
        yield no(f'The name of the {what} "{name}" has only digits.', "Use at least one letter.")
