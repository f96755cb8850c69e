"""What libvirt says, in sentences with a remedy."""

from __future__ import annotations

import re

from fcm.model.rules.verdict import Verdict, no

# Numbers of virErrorNumber; the module libvirt may be missing where this is imported.
OPERATION_FAILED = 9
SYSTEM_ERROR = 38
NO_DOMAIN = 42
AUTH_FAILED = 45
OPERATION_TIMEOUT = 68
OPERATION_ABORTED = 78
MIGRATE_UNSAFE = 81
CPU_INCOMPATIBLE = 91


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
            f"{destination} lacks processor features of this machine: {names}.",
            "Give the machine an older processor model that all hosts have, while it is off.",
        )
    if code == OPERATION_ABORTED:
        return no("The migration was cancelled.", "")
    if code == MIGRATE_UNSAFE:
        return no(
            f"libvirt holds the move for unsafe: {text}.",
            "Put the disk on storage that libvirt knows as shared, or set its cache mode to none.",
        )
    if "REMOTE HOST IDENTIFICATION HAS CHANGED" in whole:
        found = re.search(r"SHA256:[\w+/=]+", whole)
        return no(
            f"The host shows another key than the one that is known{f': {found[0]}' if found else ''}.",
            "Compare it with the host's own. If it was installed anew, remove the old key (ssh-keygen -R HOST) and log "
            "in once by hand; else somebody stands between.",
        )
    if "ost key verification failed" in whole:
        return no(
            f"The host key is not known: {text}.",
            "Log in once with ssh by hand and compare the key with the host's own.",
        )
    if re.search(r"\bnc: (command )?not found|virt-ssh-helper: (command )?not found", text):
        return no(
            f"The host has nothing that joins ssh to its libvirtd: {text}.",
            "Install virt-ssh-helper there (it comes with libvirt) or netcat-openbsd.",
        )
    if "/pki/" in text or "TLS credentials" in text or "tls-creds" in text:
        return no(
            f"The hosts have no certificates for an encrypted migration: {text}.",
            "Put ca-cert.pem and certificate and key for both ends (server-cert.pem, server-key.pem, client-cert.pem, "
            "client-key.pem) into /etc/pki/qemu of both hosts, or migrate without TLS.",
        )
    if "TLS channel" in whole and "Not a migration stream" in whole:
        # Of two causes libvirt names the later: that the destination's QEMU ended. Why the source hung up, it drops.
        return no(
            f"The source did not accept the certificate of {destination} and ended the encrypted connection before any "
            "memory was sent.",
            f"If it does not name the address of this network, put the name that it has into the hosts file (tls_name "
            f"of {destination}); else check CA and dates.",
        )
    if "ertificate" in text:
        return no(f"The certificate was not accepted: {text}.", "Check CA, names and dates of both certificates.")
    if "parse URI" in text:
        return no(
            f"libvirt on the source refuses the address: {text}.",
            f"Correct the address of {destination} in this network in the hosts file.",
        )
    if "not known" in text or "ould not resolve" in text or "nable to resolve" in text:
        return no(f"The host's name is not known here: {text}.", "Correct the name in the hosts file, or the DNS.")
    if code == AUTH_FAILED or "Permission denied" in text:
        return no(f"The host refused the login: {text}.", "Check the key or certificate for this host.")
    if "nable to connect" in text or "onnection refused" in text or "No route to host" in text:
        return no(f"No connection: {text}.", "Check the host's libvirtd, the network and the firewall.")
    if re.search("Cannot recv data|End of file while reading|client socket is closed|invalid connection pointer", text):
        return no(
            f"The connection to the host's libvirtd broke off: {text}.",
            "It ended or was restarted; it is tried again by itself.",
        )
    if "Cannot allocate memory" in text or "cannot set up guest memory" in text:
        return no(f"{destination} is short of memory: {text}.", "Move or shut down machines there.")
    if "Cannot access storage" in text or "No such file or directory" in text:
        return no(f"{destination} does not reach the machine's files: {text}.", "Mount the shared storage there.")
    if "closed the monitor" in text:
        return no(
            f"The transfer broke off: the emulator on {destination} ended ({text}).",
            "Look at the machine's log there (/var/log/libvirt/qemu).",
        )
    if "Broken pipe" in text or "Unable to write to socket" in text or "Input/output error" in text:
        return no(f"The transfer broke off: {text}.", "Check the network and the emulator on the destination.")
    if code == OPERATION_TIMEOUT:
        return no(f"The host is busy with another job of this machine: {text}.", "Wait for its end and try again.")
    return no(f"libvirt reports (code {code}): {text}.", "")
