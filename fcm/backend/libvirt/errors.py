"""What libvirt says, in sentences with a remedy."""

from __future__ import annotations

import re

from fcm.model.rules.verdict import Verdict, no

# Numbers of virErrorNumber; the module libvirt may be missing where this is imported.
AUTH_FAILED = 45
OPERATION_TIMEOUT = 68
OPERATION_ABORTED = 78
MIGRATE_UNSAFE = 81
CPU_INCOMPATIBLE = 91

CANNOT_CONNECT = "Cannot connect"
"""How the reason of an error begins where a connection was not made: over another network it may be."""


def names_address(message: str, address: str) -> bool:
    """Whether an error is about this address of the destination, so that another network may help: libvirt and QEMU
    quote it where they cannot use it. A certificate that does not name it is no fault of the network.
    """
    plain = address.partition("%")[0]
    return plain in message and "ertificate" not in message


def sentence(code: int, message: str, destination: str = "the destination") -> Verdict:
    """Reason and remedy for an error of libvirt; unknown ones keep libvirt's own words.

    Sources: behaviour measured with libvirt 9.0 and QEMU 7.2.
    """
    whole = " ".join(message.split())
    text = whole[:400].rstrip(".")
    features = re.search(r"(?:missing|required) features?: ([\w.-]+(?:, ?[\w.-]+)*)", text)
    if code == CPU_INCOMPATIBLE or features:
        names = ", ".join(re.split(r", ?", features.group(1))) if features else text
        return no(
            f"{destination} does not support these processor features of the virtual machine: {names}.",
            "Turn off the virtual machine and set a processor model that all hosts support.",
        )
    if code == OPERATION_ABORTED:
        return no("The migration was canceled.", "")
    if code == MIGRATE_UNSAFE:
        return no(
            f"libvirt considers the migration unsafe: {text}.",
            "Move the disk to storage that libvirt recognizes as shared, or set its cache mode to none.",
        )
    if "REMOTE HOST IDENTIFICATION HAS CHANGED" in whole:
        found = re.search(r"SHA256:[\w+/=]+", whole)
        return no(
            f"The host key has changed{f': {found[0]}' if found else ''}.",
            "Compare it with the key of the host. If the host was reinstalled, remove the old key (ssh-keygen -R "
            "HOST) and log in once manually. Otherwise the connection may be intercepted (man-in-the-middle attack).",
        )
    if "Cannot recv data" in whole and "Value too large" in whole:
        # libvirt reads 1,024 bytes of what ssh says (virNetSocketReadWire) and drops what is longer.
        return no(
            "ssh refused the connection with a message that is too long for libvirt. Usually the host key has changed.",
            "Log in once manually with ssh to read the message, and compare the key with the key of the host.",
        )
    if "ost key verification failed" in whole:
        return no(
            f"The host key is unknown: {text}.",
            "Log in once manually with ssh, and compare the key with the key of the host.",
        )
    if re.search(r"\bnc: (command )?not found|virt-ssh-helper: (command )?not found", text):
        return no(
            f"The host has no helper that connects ssh to libvirtd: {text}.",
            "Install virt-ssh-helper (part of libvirt) or netcat-openbsd on the host.",
        )
    if "/pki/" in text or "TLS credentials" in text or "tls-creds" in text:
        return no(
            f"The hosts have no certificates for TLS migration: {text}.",
            "Copy ca-cert.pem, server-cert.pem, server-key.pem, client-cert.pem and client-key.pem to "
            "/etc/pki/qemu on both hosts, or migrate without TLS.",
        )
    if "TLS channel" in whole and "Not a migration stream" in whole:
        # Of two causes libvirt names the later: that the destination's QEMU ended. Why the source hung up, it drops.
        return no(
            f"The source rejected the certificate of {destination} and closed the TLS connection before any memory "
            "was sent.",
            f"If the certificate does not contain the address on this network, set tls_name of {destination} in "
            "the hosts file to the name in the certificate. Otherwise check the CA and the dates.",
        )
    if "ertificate" in text:
        return no(f"The certificate was rejected: {text}.", "Check the CA, names and dates of both certificates.")
    if "parse URI" in text:
        return no(
            f"libvirt on the source rejected the address: {text}.",
            f"Correct the address of {destination} on this network in the hosts file.",
        )
    if "not known" in text or "ould not resolve" in text or "nable to resolve" in text:
        return no(f"The host name cannot be resolved: {text}.", "Correct the name in the hosts file or in DNS.")
    if code == AUTH_FAILED or "Permission denied" in text:
        return no(f"The host denied the login: {text}.", "Check the key or certificate for this host.")
    if "nable to connect" in text or "onnection refused" in text or "No route to host" in text:
        return no(f"{CANNOT_CONNECT}: {text}.", "Check libvirtd on the host, the network and the firewall.")
    if re.search("Cannot recv data|End of file while reading|client socket is closed|invalid connection pointer", text):
        return no(
            f"The connection to libvirtd on the host was lost: {text}.",
            "libvirtd stopped or was restarted. fcm reconnects automatically.",
        )
    if "Cannot allocate memory" in text or "cannot set up guest memory" in text:
        return no(
            f"{destination} does not have enough memory: {text}.", "Move or shut down virtual machines on that node."
        )
    if "Cannot access storage" in text or "No such file or directory" in text:
        return no(
            f"{destination} cannot access the files of the virtual machine: {text}.",
            "Mount the shared storage on that node.",
        )
    if "closed the monitor" in text:
        return no(
            f"The transfer failed: QEMU on {destination} exited ({text}).",
            "See the log of the virtual machine on that node (/var/log/libvirt/qemu).",
        )
    if "Broken pipe" in text or "Unable to write to socket" in text or "Input/output error" in text:
        return no(f"The transfer failed: {text}.", "Check the network and QEMU on the destination.")
    if code == OPERATION_TIMEOUT:
        return no(
            f"The host is running another job for this virtual machine: {text}.",
            "Wait until it has finished and try again.",
        )
    return no(f"libvirt error {code}: {text}.", "")
