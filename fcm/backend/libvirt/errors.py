"""What libvirt says, in sentences with a remedy.

Errors are told apart by number and domain (who in libvirt raised it) where these decide; only then by words, which
change from version to version: ``WORDS`` is the table of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from fcm.model.rules.verdict import Verdict, no

if TYPE_CHECKING:
    from collections.abc import Mapping

# Numbers of virErrorNumber and of virErrorDomain; the module libvirt may be missing where this is imported.
NO_CONNECT = 5
INVALID_CONNECTION = 6
AUTH_FAILED = 45
OPERATION_TIMEOUT = 68
OPERATION_ABORTED = 78
AUTH_CANCELLED = 79
MIGRATE_UNSAFE = 81
ACCESS_DENIED = 88
CPU_INCOMPATIBLE = 91
AUTH_UNAVAILABLE = 94
FROM_URI = 45
FROM_AUTH = 46

CANNOT_CONNECT = "Cannot connect"
"""How the reason of an error begins where a connection was not made: over another network it may be."""


class Kind(Enum):
    """What an error is about."""

    PROCESSOR = auto()
    CANCELED = auto()
    UNSAFE = auto()
    KEY_CHANGED = auto()
    KEY_UNKNOWN = auto()
    TOO_LONG = auto()
    NO_NETCAT = auto()
    NO_CERTIFICATES = auto()
    CERTIFICATE_OF_DESTINATION = auto()
    CERTIFICATE = auto()
    ADDRESS = auto()
    NAME = auto()
    LOGIN = auto()
    ACCESS = auto()
    CONNECT = auto()
    LOST = auto()
    MEMORY = auto()
    FILES = auto()
    EMULATOR_ENDED = auto()
    TRANSFER = auto()
    BUSY = auto()
    UNKNOWN = auto()


BY_NUMBER: Mapping[tuple[int, int | None], Kind] = {
    (CPU_INCOMPATIBLE, None): Kind.PROCESSOR,
    (OPERATION_ABORTED, None): Kind.CANCELED,
    (MIGRATE_UNSAFE, None): Kind.UNSAFE,
    (INVALID_CONNECTION, None): Kind.LOST,
    (ACCESS_DENIED, None): Kind.ACCESS,
    (AUTH_FAILED, FROM_AUTH): Kind.LOGIN,
    (AUTH_CANCELLED, None): Kind.LOGIN,
    (AUTH_UNAVAILABLE, None): Kind.LOGIN,
}
"""Kinds by number and domain; None: whoever raised it. Others say too little without their words."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words by which a kind is known where the number does not say it."""

    kind: Kind
    seen: str
    """Versions whose messages contain them, as far as they were seen; "source": read there, never seen."""
    pattern: str
    also: str = ""
    """A second pattern that must be found as well."""


WORDS: tuple[Words, ...] = (
    Words(Kind.PROCESSOR, "libvirt 9.0, 11.3", r"(?:missing|required) features?: [\w.-]+"),
    Words(Kind.KEY_CHANGED, "OpenSSH 9.2, 10.0", "REMOTE HOST IDENTIFICATION HAS CHANGED"),
    Words(Kind.KEY_CHANGED, "libssh, libssh2 (source)", "differs from stored identity"),
    # libvirt reads 1,024 bytes of what ssh says (virNetSocketReadWire) and drops what is longer.
    Words(Kind.TOO_LONG, "libvirt 9.0", "Cannot recv data", "Value too large"),
    Words(Kind.KEY_UNKNOWN, "OpenSSH 9.2, 10.0", "ost key verification failed"),
    Words(
        Kind.KEY_UNKNOWN, "libssh, libssh2 (source)", "can't verify the session host key|HOST KEY VERIFICATION FAILED"
    ),
    Words(Kind.NO_NETCAT, "libvirt 9.0", r"\bnc: (command )?not found|virt-ssh-helper: (command )?not found"),
    Words(Kind.NO_CERTIFICATES, "libvirt 9.0", "/pki/|TLS credentials|tls-creds"),
    # Of two causes libvirt 9 names the later: that the destination's QEMU ended. Why the source hung up, it drops.
    Words(Kind.CERTIFICATE_OF_DESTINATION, "libvirt 9.0, QEMU 7.2", "TLS channel", "Not a migration stream"),
    Words(Kind.CERTIFICATE_OF_DESTINATION, "libvirt 11.3, QEMU 10.0", "Certificate does not match the hostname"),
    Words(Kind.CERTIFICATE, "libvirt 9.0, 11.3", "ertificate"),
    Words(Kind.ADDRESS, "libvirt 9.0", "parse URI"),
    Words(Kind.NAME, "libvirt 9.0, OpenSSH 9.2", "not known|ould not resolve|nable to resolve"),
    Words(Kind.LOGIN, "OpenSSH 9.2", "Permission denied"),
    Words(
        Kind.LOGIN, "libssh, libssh2 (source)", "No authentication methods|uthentication failed|ailed to authenticate"
    ),
    Words(
        Kind.CONNECT,
        "libvirt 9.0, 11.3",
        "nable to connect|onnection refused|No route to host|Failed to connect socket",
    ),
    Words(
        Kind.LOST,
        "libvirt 9.0, 11.3",
        "Cannot recv data|End of file while reading|client socket is closed|invalid connection pointer",
    ),
    Words(Kind.MEMORY, "QEMU 7.2", "Cannot allocate memory|cannot set up guest memory"),
    Words(Kind.FILES, "libvirt 9.0", "Cannot access storage|No such file or directory"),
    Words(Kind.EMULATOR_ENDED, "libvirt 9.0", "closed the monitor"),
    Words(Kind.TRANSFER, "QEMU 7.2", "Broken pipe|Unable to write to socket|Input/output error"),
    Words(Kind.TRANSFER, "QEMU 10.0", "Unable to read from socket"),
)
"""Words of libvirt, QEMU and ssh by kind, the first that fits counts."""


def names_address(message: str, address: str) -> bool:
    """Whether an error is about this address of the destination, so that another network may help: libvirt and QEMU
    quote it where they cannot use it. A certificate that does not name it is no fault of the network.
    """
    plain = address.partition("%")[0]
    return plain in message and "ertificate" not in message


def kind_of(code: int, message: str, domain: int | None = None) -> Kind:
    """What an error is about, by number and domain first.

    Args:
        code: of virErrorNumber.
        message: in libvirt's words.
        domain: of virErrorDomain; None where it is not known.
    """
    for key in ((code, domain), (code, None)):
        if key in BY_NUMBER:
            return BY_NUMBER[key]
    if domain == FROM_URI:
        return Kind.ADDRESS
    whole = " ".join(message.split())
    for words in WORDS:
        if re.search(words.pattern, whole) and (not words.also or re.search(words.also, whole)):
            return words.kind
    late = {AUTH_FAILED: Kind.LOGIN, NO_CONNECT: Kind.CONNECT, OPERATION_TIMEOUT: Kind.BUSY}
    return late.get(code, Kind.UNKNOWN)


def error_sentence(error: Any, destination: str = "the destination") -> Verdict:
    """Reason and remedy for a ``libvirt.libvirtError``."""
    return sentence(error.get_error_code() or 0, str(error), destination, error.get_error_domain())


def sentence(code: int, message: str, destination: str = "the destination", domain: int | None = None) -> Verdict:
    """Reason and remedy for an error of libvirt; unknown ones keep libvirt's own words.

    Sources: behaviour measured with libvirt 9.0 and QEMU 7.2; for later ones see ``WORDS``.
    """
    whole = " ".join(message.split())
    text = whole[:400].rstrip(".")
    kind = kind_of(code, message, domain)
    if kind is Kind.UNKNOWN:
        return no(f"libvirt error {code}: {text}.", "")
    reason, remedy = _SENTENCES[kind]
    found = re.search(r"(?:missing|required) features?: ([\w.-]+(?:, ?[\w.-]+)*)", text)
    features = ", ".join(re.split(r", ?", found.group(1))) if found else text
    key = re.search(r"SHA256:[\w+/=]+", whole)
    about = {
        "text": text,
        "destination": destination,
        "features": features,
        "key": f": {key[0]}" if key else "",
    }
    return no(reason.format(**about), remedy.format(**about))


_SENTENCES: Mapping[Kind, tuple[str, str]] = {
    Kind.PROCESSOR: (
        "{destination} does not support these processor features of the virtual machine: {features}.",
        "Turn off the virtual machine and set a processor model that all hosts support.",
    ),
    Kind.CANCELED: ("The migration was canceled.", ""),
    Kind.UNSAFE: (
        "libvirt considers the migration unsafe: {text}.",
        "Move the disk to storage that libvirt recognizes as shared, or set its cache mode to none.",
    ),
    Kind.KEY_CHANGED: (
        "The host key has changed{key}.",
        "Compare it with the key of the host. If the host was reinstalled, remove the old key (ssh-keygen -R "
        "HOST) and log in once manually. Otherwise the connection may be intercepted (man-in-the-middle attack).",
    ),
    Kind.TOO_LONG: (
        "ssh refused the connection with a message that is too long for libvirt. Usually the host key has changed.",
        "Log in once manually with ssh to read the message, and compare the key with the key of the host.",
    ),
    Kind.KEY_UNKNOWN: (
        "The host key is unknown: {text}.",
        "Log in once manually with ssh, and compare the key with the key of the host.",
    ),
    Kind.NO_NETCAT: (
        "The host has no helper that connects ssh to libvirtd: {text}.",
        "Install virt-ssh-helper (part of libvirt) or netcat-openbsd on the host.",
    ),
    Kind.NO_CERTIFICATES: (
        "The hosts have no certificates for TLS migration: {text}.",
        "Copy ca-cert.pem, server-cert.pem, server-key.pem, client-cert.pem and client-key.pem to "
        "/etc/pki/qemu on both hosts, or migrate without TLS.",
    ),
    Kind.CERTIFICATE_OF_DESTINATION: (
        "The source rejected the certificate of {destination} and closed the TLS connection before any memory "
        "was sent.",
        "If the certificate does not contain the address on this network, set tls_name of {destination} in "
        "the hosts file to the name in the certificate. Otherwise check the CA and the dates.",
    ),
    Kind.CERTIFICATE: (
        "The certificate was rejected: {text}.",
        "Check the CA, names and dates of both certificates.",
    ),
    Kind.ADDRESS: (
        "libvirt on the source rejected the address: {text}.",
        "Correct the address of {destination} on this network in the hosts file.",
    ),
    Kind.NAME: ("The host name cannot be resolved: {text}.", "Correct the name in the hosts file or in DNS."),
    Kind.LOGIN: ("The host denied the login: {text}.", "Check the key or certificate for this host."),
    Kind.ACCESS: (
        "libvirt on the host denied the access: {text}.",
        "Allow it to this user on the host (polkit, /etc/libvirt), or connect as root.",
    ),
    Kind.CONNECT: (
        f"{CANNOT_CONNECT}: {{text}}.",
        "Check libvirtd on the host, the network and the firewall.",
    ),
    Kind.LOST: (
        "The connection to libvirtd on the host was lost: {text}.",
        "libvirtd stopped or was restarted. fcm reconnects automatically.",
    ),
    Kind.MEMORY: (
        "{destination} does not have enough memory: {text}.",
        "Move or shut down virtual machines on that node.",
    ),
    Kind.FILES: (
        "{destination} cannot access the files of the virtual machine: {text}.",
        "Mount the shared storage on that node.",
    ),
    Kind.EMULATOR_ENDED: (
        "The transfer failed: QEMU on {destination} exited ({text}).",
        "See the log of the virtual machine on that node (/var/log/libvirt/qemu).",
    ),
    Kind.TRANSFER: ("The transfer failed: {text}.", "Check the network and QEMU on the destination."),
    Kind.BUSY: (
        "The host is running another job for this virtual machine: {text}.",
        "Wait until it has finished and try again.",
    ),
}
