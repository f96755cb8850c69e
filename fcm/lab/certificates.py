"""Certificates with which the lab's nodes encrypt live migrations: a CA of the lab, and one certificate per node.

QEMU finds them in /etc/pki/qemu of each node (default_tls_x509_cert_dir of qemu.conf), libvirt its own, with which the
nodes reach each other by qemu+tls, in /etc/pki/CA and /etc/pki/libvirt (https://libvirt.org/tlscerts.html). They are as
good as the lab: made by ``up``, gone with ``down``, trusted by no one else.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fcm.lab.plan import NETWORKS, LabFolders, LabNode
from fcm.lab.processes import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_DAYS = "3650"
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc")


def place_certificates(node: LabNode, folders: LabFolders, names: Sequence[str] | None = None) -> None:
    """Give *node* its certificate and key for both ends of a migration, and the lab's CA; once is enough.

    ``names``: subject alternative names as openssl writes them (``DNS:node1.example``); None: the name of the node and
    its addresses.

    Raises:
        LabError: ``openssl`` is missing or refused.
    """
    place = folders.node(node) / "etc" / "pki" / "qemu"
    if (place / "client-key.pem").exists():
        return
    authority, authority_key = _authority(folders)
    place.mkdir(parents=True, exist_ok=True)
    certificate, key, request = place / "server-cert.pem", place / "server-key.pem", place / "request.pem"
    usual = (f"DNS:{node.name}", *(f"IP:{network.address(node.number)}" for network in NETWORKS))
    listed = ",".join(usual if names is None else names)
    extensions = place / "extensions"
    extensions.write_text(
        f"subjectAltName={listed}\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\n"
        "extendedKeyUsage=serverAuth,clientAuth\n",
        encoding="utf-8",
        newline="\n",
    )
    _make_private(key)
    run("openssl", "req", "-new", *_KEY, "-subj", f"/CN={node.name}", "-keyout", key, "-out", request)
    run(
        "openssl", "x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority_key,
        "-set_serial", str(node.number + 1), "-days", _DAYS, "-extfile", extensions, "-out", certificate,
    )  # fmt: skip
    request.unlink()
    extensions.unlink()
    (place / "ca-cert.pem").write_bytes(authority.read_bytes())
    (place / "client-cert.pem").write_bytes(certificate.read_bytes())
    _make_private(place / "client-key.pem")
    (place / "client-key.pem").write_bytes(key.read_bytes())


def place_libvirt_certificates(node: LabNode, folders: LabFolders) -> None:
    """Give the libvirt of *node* the same certificate, for both ends of qemu+tls; once is enough."""
    pki = folders.node(node) / "etc" / "pki"
    place = pki / "libvirt"
    if (place / "private" / "clientkey.pem").exists():
        return
    (pki / "CA").mkdir(parents=True, exist_ok=True)
    (place / "private").mkdir(parents=True, exist_ok=True)
    (pki / "CA" / "cacert.pem").write_bytes((pki / "qemu" / "ca-cert.pem").read_bytes())
    for end in ("server", "client"):
        (place / f"{end}cert.pem").write_bytes((pki / "qemu" / f"{end}-cert.pem").read_bytes())
        _make_private(place / "private" / f"{end}key.pem")
        (place / "private" / f"{end}key.pem").write_bytes((pki / "qemu" / f"{end}-key.pem").read_bytes())


def take_certificates(node: LabNode, folders: LabFolders) -> None:
    """A node without certificates, as a host is that no one has set up for TLS; ``place_certificates`` repairs it."""
    place = folders.node(node) / "etc" / "pki" / "qemu"
    for path in place.glob("*.pem"):
        path.unlink()


def _authority(folders: LabFolders) -> tuple[Path, Path]:
    """The lab's CA: certificate and key."""
    place = folders.state / "authority"
    certificate, key = place / "ca-cert.pem", place / "ca-key.pem"
    if not certificate.exists():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_private(key)
        run(
            "openssl", "req", "-x509", *_KEY, "-days", _DAYS, "-subj", f"/CN=fcm {folders.name}",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
            "-keyout", key, "-out", certificate,
        )  # fmt: skip
    return certificate, key


def _make_private(path: Path) -> None:
    """An empty file that only root reads, before anything secret is in it."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
