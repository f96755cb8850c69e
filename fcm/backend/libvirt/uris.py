"""URIs of libvirt hosts, and addresses on their way into one.

Host names keep their case here (an alias of ``~/.ssh/config`` is compared with it), which neither
``urllib.parse.SplitResult.hostname`` nor Qt's QUrl do.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit


class UriError(ValueError):
    """A text that is no URI; the message says why."""


@dataclass(frozen=True, slots=True)
class HostUri:
    """A URI by its parts, as https://libvirt.org/uri.html names them."""

    scheme: str
    """Driver and transport: ``qemu+ssh``; lower case."""
    user: str
    host: str
    """As it was written, without the brackets of an IPv6 address and with its scope decoded; "" for this machine."""
    port: int | None
    path: str
    parameters: dict[str, str]
    """Those after the question mark; of one that is given twice the last value."""


def parse_uri(text: str) -> HostUri:
    """Take a URI apart.

    Raises:
        UriError: brackets without their other half or around no address, a port that is no number.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UriError(str(error)) from error
    login, at, place = parts.netloc.rpartition("@")
    bracketed = place.startswith("[")
    host = place[1:].partition("]")[0] if bracketed else place.partition(":")[0]
    parameters = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    user = unquote(login.partition(":")[0]) if at else ""
    return HostUri(parts.scheme, user, unquote(host), port, parts.path, parameters)


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
