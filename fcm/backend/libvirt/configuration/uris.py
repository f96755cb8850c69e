"""URIs of libvirt hosts: taken apart once, by an allow-list, and what of them only their owner may allow.

A URI of libvirt can name programs to run, sockets, key files, and can switch off the checks of who answers; a hosts
file may come from anyone. So every part is one that is known here, or the URI is refused. Host names keep their case
(an alias of ``~/.ssh/config`` is compared with it), which neither ``urllib.parse.SplitResult.hostname`` nor Qt's QUrl
do.

Sources: https://libvirt.org/uri.html (parameters and transports), libvirt's src/util/viruri.c (``virURIParseParams``:
``&`` and ``;`` both separate) and src/remote/remote_driver.c (names of parameters in any case).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

from fcm.text.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_URI = re.compile(
    r"(?P<driver>[a-z]+)(?:\+(?P<transport>[a-z0-9]+))?://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?",
    re.ASCII | re.IGNORECASE,
)
_PLAIN = re.compile(r"[\x21-\x7e]*")
"""What a URI consists of (RFC 3986): no spaces, no control characters, everything else as %XX."""
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)
"""A part of a host name or of an alias of ssh; neither begins with a hyphen, which ssh would take for an option."""
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+\\-]{0,63}\$?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9_.-]{1,15}", re.ASCII)
"""Name of an interface."""
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_FILE = re.compile(r"/[\w ./@+=:,~-]{0,4000}")
"""A full path; no character that a shell acts on."""
_WORDS = re.compile(r"[\w ./@+=:,%!-]{1,400}")

SSH = ("ssh", "libssh", "libssh2")
"""Transports that log in by ssh: by the program, or by a library inside libvirt, which knows no ``~/.ssh/config``."""
TRANSPORTS = (*SSH, "tls", "unix", "tcp")
_KNOWN_BUT_REFUSED = {
    "ext": "qemu+ext runs a program instead of opening a connection. Use qemu+ssh or qemu+tls.",
}
_FREE: dict[str, tuple[str, ...]] = {
    "mode": ("auto", "legacy", "direct"),
    "proxy": ("auto", "native", "netcat"),
    "no_tty": ("0", "1"),
    "no_verify": ("0", "1"),
    "known_hosts_verify": ("normal", "auto", "ignore"),
}
"""Parameters that choose among ways of libvirt's own."""
# A key file is no demand: ssh reads it as a key or not at all, and checks as ever who answers.
_PATHS = ("command", "keyfile", "known_hosts", "netcat", "pkipath", "socket")
_LOGINS = ("agent", "privkey", "password", "keyboard-interactive")
"""Values of ``sshauth``, several with commas. Nobody is asked for a password, so that the last two only fail."""
_LIBRARY = ("keyfile", "known_hosts", "known_hosts_verify", "mode", "netcat", "proxy", "socket", "sshauth")
_ALLOWED_WITH: dict[str, tuple[str, ...]] = {
    "ssh": ("command", "keyfile", "mode", "netcat", "no_tty", "no_verify", "proxy", "socket"),
    "libssh": _LIBRARY,
    "libssh2": _LIBRARY,
    "tls": ("mode", "no_verify", "pkipath", "tls_priority"),
    "unix": ("mode", "socket"),
    "tcp": ("mode",),
}


class UriError(ValueError):
    """A text is no URI of a host, or names what a hosts file may not name; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class HostUri:
    """A URI whose every part is known."""

    text: str
    """As the file has it; libvirt gets this."""
    transport: str
    """One of ``TRANSPORTS``."""
    user: str | None
    host: str | None
    """Without brackets, in its own case: aliases of ssh have one. None: this computer."""
    port: int | None
    parameters: Mapping[str, str] = field(hash=False)
    """Values by name in lowercase."""

    @property
    def is_verified(self) -> bool:
        """Whether it is checked who answers (host key, certificate)."""
        free = self.parameters.get("no_verify", "0"), self.parameters.get("known_hosts_verify", "normal")
        return free == ("0", "normal")

    def demands(self, here: bool = True) -> tuple[str, ...]:
        """What only the owner of the file may allow, each by what it does.

        Args:
            here: used by this program; False: by the other hosts, as ``peer_uri``.
        """
        where = "on this computer" if here else "on the other hosts, as root"
        target = self.host or "this computer"
        said: dict[str, Callable[[str], str]] = {
            "command": lambda value: f"run the program {value} {where} instead of ssh",
            "known_hosts": lambda value: f"trust the host keys in {value} instead of those that you know",
            "netcat": lambda value: f"run the program {value} on {target}",
            "pkipath": lambda value: f"use the key, certificates and certificate authority in {value}",
            "socket": lambda value: f"connect to the socket {value} on {target} instead of the libvirt socket",
            "tls_priority": lambda value: f"use the encryption settings {value}, which may be weak",
        }
        found = [say(self.parameters[name]) for name, say in said.items() if name in self.parameters]
        if not self.is_verified:
            found.append(
                f"not verify the identity of {target}, so that an attacker on the network could impersonate it"
            )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class SshLogin:
    """Where ssh logs in."""

    user: str
    host: str
    port: int | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments of ssh; the host comes last, where it cannot be taken for an option."""
        return ("-l", self.user, *(("-p", str(self.port)) if self.port else ()), "--", self.host)

    @property
    def text(self) -> str:
        """As ``parse_ssh_login`` reads it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.user}@{host}{f':{self.port}' if self.port else ''}"


def parse_ssh_login(text: str) -> SshLogin:
    """A login such as ``root@host``, ``root@host:2222`` or ``root@[fd00::1]``; without a user it is root.

    Raises:
        UriError: it is none.
    """
    if not _PLAIN.fullmatch(text) or len(text) > 400 or any(letter in text for letter in "/?#%"):
        raise UriError(f"{_shown(text)} is not a login for ssh, such as root@host.")
    try:
        user, host, port = _authority(text)
    except UriError as error:
        raise UriError(f"{_shown(text)} is not a login for ssh, such as root@host: {error}") from None
    if host is None:
        raise UriError(f"{_shown(text)} is not a login for ssh, such as root@host.")
    return SshLogin(user or "root", host, port)


def parse_host_uri(text: str) -> HostUri:
    """A URI of a libvirt host, taken apart.

    Raises:
        UriError: it is none, or has a part that is not known.
    """
    match = _URI.fullmatch(text) if _PLAIN.fullmatch(text) and len(text) <= 4096 else None
    if match is None or match["driver"].lower() != "qemu":
        raise UriError(f"{_shown(text)} is not the URI of a libvirt host, such as qemu+ssh://host/system.")
    user, host, port = _authority(match["authority"])
    transport = (match["transport"] or ("tls" if host else "unix")).lower()
    if transport not in TRANSPORTS:
        known = "Supported transports are ssh, libssh, libssh2 and tls, or none for this computer."
        raise UriError(_KNOWN_BUT_REFUSED.get(transport, f"Unknown transport {transport}. {known}"))
    if (host is None) is not (transport == "unix"):
        need = "has no host name" if host is None else "has a host name, but a local socket has none"
        raise UriError(f"{_shown(text)} {need}. Use a URI such as qemu+ssh://host/system.")
    if match["path"] == "/session":
        raise UriError(
            f"{_shown(text)} is the libvirt of a single user (session), whose virtual machines have no networks and no "
            "shared storage of the host and cannot be live migrated. Use /system."
        )
    if match["path"] != "/system":
        raise UriError(f"{_shown(text)} has no libvirt path. Add /system after the host.")
    return HostUri(text, transport, user, host, port, _parameters(match["query"] or "", transport))


def is_this_computer(text: str) -> bool:
    """Whether a URI of libvirt means this computer."""
    try:
        return parse_host_uri(text).transport == "unix"
    except UriError:
        return False


def _authority(text: str) -> tuple[str | None, str | None, int | None]:
    """User, host and port."""
    login, at, place = text.rpartition("@")
    user = _unquoted(login) if at else None
    if user is not None and ":" in user:
        raise UriError("The URI contains a password. Remove it and use a key.")
    if user is not None and not _USER.fullmatch(user):
        raise UriError(f"{_shown(user)} is not a valid user name. Start it with a letter, a digit or an underscore.")
    host, port = _divided(place)
    if host is not None and not is_host(host):
        raise UriError(f"{_shown(host)} is not a valid host name or address.")
    if port is not None and not (_PORT.fullmatch(port) and 0 < int(port) < 65536):
        raise UriError(f"{_shown(port)} is not a valid port. Use 1 to 65535.")
    if host is None and (user is not None or port is not None):
        raise UriError("The URI has no host name. Use a URI such as qemu+ssh://host/system.")
    return user, host, None if port is None else int(port)


def _divided(place: str) -> tuple[str | None, str | None]:
    """Host without its brackets, and port."""
    if place.startswith("["):
        inner, bracket, rest = place[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise UriError(f"A closing bracket is missing in {_shown(place)}. Write an IPv6 address as in [fd00::1].")
        address = _unquoted(inner)
        if ":" not in address:
            raise UriError(f"{_shown(address)} is not an IPv6 address. Only IPv6 addresses are written in brackets.")
        return address, rest[1:] if rest else None
    if place.count(":") > 1:
        raise UriError(f"{_shown(place)} has several colons. Write an IPv6 address in brackets, as in [fd00::1].")
    host, colon, port = place.partition(":")
    return host or None, port if colon else None


def is_host(text: str) -> bool:
    """Whether a text is an address, a host name or an alias of ssh (and no option of a program)."""
    if is_address(text):
        return True
    labels = text.removesuffix(".").split(".")
    return len(text) <= 253 and all(_LABEL.fullmatch(label) for label in labels)


def is_address(text: str) -> bool:
    """Whether a text is an IP address; a zone must be the name of an interface, for Python takes anything as one."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    zone = getattr(address, "scope_id", None)
    return zone is None or _ZONE.fullmatch(zone) is not None


def plain_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address whose spellings are equal: ``::ffff:10.0.0.1`` is 10.0.0.1. Raises ValueError where it is none."""
    address = ipaddress.ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def is_of_one_host(text: str) -> bool:
    """Whether an address can be that of one other host: over loopback a migration would come back to its source."""
    address = plain_address(text)
    everybody = address.version == 4 and address == ipaddress.IPv4Address("255.255.255.255")
    return not (address.is_loopback or address.is_unspecified or address.is_multicast or everybody)


def _parameters(query: str, transport: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in re.split("[&;]", query):
        if not piece:
            continue
        name, _, value = piece.partition("=")
        name, value = _unquoted(name).lower(), _unquoted(value)
        allowed = _ALLOWED_WITH[transport]
        if name not in allowed:
            raise UriError(
                f"The parameter {_shown(name)} of the URI is not allowed. Parameters of qemu+{transport} are: "
                f"{', '.join(allowed)}."
            )
        if name in found:
            raise UriError(f"The parameter {name} occurs twice in the URI. Remove one.")
        found[name] = _checked(name, value)
    return found


def _checked(name: str, value: str) -> str:
    if name in _FREE:
        if value not in _FREE[name]:
            raise UriError(
                f"The parameter {name} of the URI is {_shown(value)}; it must be {' or '.join(_FREE[name])}."
            )
    elif name in _PATHS:
        # A path from the folder where fcm was started would be another program each time.
        if not _FILE.fullmatch(value):
            reason = (
                "must be an absolute path, such as /etc/fcm/key, that contains only letters, digits, spaces "
                "and ./@+=:,~_-"
            )
            raise UriError(f"The parameter {name} of the URI is {_shown(value)}; it {reason}.")
    elif name == "sshauth":
        if not value or set(value.split(",")) - set(_LOGINS):
            raise UriError(
                f"The parameter sshauth of the URI is {_shown(value)}; it must be a list of {', '.join(_LOGINS)}."
            )
    elif not _WORDS.fullmatch(value):
        raise UriError(
            f"The parameter {name} of the URI is {_shown(value)}, which contains characters that are not allowed."
        )
    return value


def _unquoted(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise UriError(f"{_shown(text)} is not valid UTF-8.") from None


def _shown(text: str) -> str:
    """A text of a stranger in a sentence: no control characters, not endless."""
    clean = one_line(text)
    return f'"{clean if len(clean) <= 120 else clean[:117] + "..."}"'


def uri_host(address: str) -> str:
    """A host name or an address as a URI takes it: IPv6 in brackets, the percent sign of its scope encoded.

    Source: RFC 3986, 3.2.2; RFC 6874; libvirt takes the brackets off and decodes the rest (src/util/viruri.c,
    virURIParse; libxml2, xmlParse3986Host).
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    plain, _, scope = address.partition("%")
    return f"[{plain}%25{quote(scope, safe='')}]" if scope else f"[{plain}]"


def migration_uri(address: str) -> str:
    """Where QEMU of the source sends the memory to: libvirt chooses the port (VIR_MIGRATE_PARAM_URI)."""
    return f"tcp://{uri_host(address)}"


def address_of(uri: str) -> str:
    """The address that libvirt reads out of a migration URI: what ``migration_uri`` was given, if both are right."""
    host, _ = _divided(uri.removeprefix("tcp://"))
    return host or ""
