"""What libvirt says becomes a sentence with a remedy."""

from __future__ import annotations

import pytest

from fcm.backend.libvirt.errors import (
    AUTH_FAILED,
    BY_NUMBER,
    CPU_INCOMPATIBLE,
    FROM_AUTH,
    FROM_URI,
    MIGRATE_UNSAFE,
    OPERATION_ABORTED,
    OPERATION_TIMEOUT,
    WORDS,
    Kind,
    kind_of,
    sentence,
)


@pytest.mark.parametrize(
    ("code", "message", "reason", "remedy"),
    [
        (
            9,
            "operation failed: guest CPU doesn't match specification: missing features: aes,avx",
            "node3 does not support these processor features of the virtual machine: aes, avx.",
            "processor model",
        ),
        (
            CPU_INCOMPATIBLE,
            "the CPU is incompatible with host CPU",
            "node3 does not support these processor features",
            "processor model",
        ),
        (OPERATION_ABORTED, "operation aborted: migration out job: canceled by client", "was canceled", ""),
        (MIGRATE_UNSAFE, "Unsafe migration: Migration may lead to data corruption", "unsafe", "shared"),
        (38, "unable to connect to server at '10.92.0.1:49152': Connection timed out", "Cannot connect", "firewall"),
        (
            38,
            "Failed to connect socket to '/run/libvirt/libvirt-sock': No such file or directory",
            "Cannot connect",
            "Check libvirtd",
        ),
        (38, "Cannot recv data: Host key verification failed.: Connection reset by peer", "host key", "ssh"),
        (
            38,
            f"{'@' * 500} REMOTE HOST IDENTIFICATION HAS CHANGED! ... SHA256:ab+/c=.",
            "host key has changed",
            "remove the old",
        ),
        (38, "End of file while reading data: sh: 1: nc: not found", "connects ssh to libvirtd", "virt-ssh-helper"),
        (1, "Unable to access credentials /etc/pki/qemu/ca-cert.pem: No such file", "no certificates", "/etc/pki/qemu"),
        (38, "Cannot recv data: root@h: Permission denied (publickey).: Connection reset", "denied the login", "key"),
        (38, "unable to resolve 'nohost': Name or service not known", "name cannot be resolved", "hosts file"),
        (8, "invalid argument: Unable to parse URI tcp://fd00:92::2", "rejected the address", "hosts file"),
        (1, "The certificate hasn't got a known issuer", "certificate was rejected", "CA"),
        (
            1,
            "internal error: qemu unexpectedly closed the monitor: Cannot read from TLS channel: Input/output error\n"
            "Cannot read from TLS channel: Input/output error\nNot a migration stream\nload of migration failed",
            "rejected the certificate of node3",
            "tls_name of node3",
        ),
        (
            6,
            "invalid connection pointer in virConnectIsAlive",
            "libvirtd on the host was lost",
            "reconnects automatically",
        ),
        (
            38,
            "Cannot recv data: Value too large for defined data type",
            "too long for libvirt. Usually the host key has changed",
            "Log in once manually with ssh",
        ),
        (38, "Cannot recv data: Connection reset by peer", "libvirtd on the host was lost", "reconnects automatically"),
        (45, "authentication failed: no mechanism", "denied the login", "key"),
        (9, "Unable to write to socket: Broken pipe", "transfer failed", "network"),
        (1, "internal error: qemu unexpectedly closed the monitor", "QEMU on node3 exited", "log"),
        (
            91,
            "the CPU is incompatible: required features: aes, avx",
            "does not support these processor features of the virtual machine: aes, avx.",
            "processor model",
        ),
        (
            1,
            "internal error: cannot set up guest memory 'pc.ram': Cannot allocate memory",
            "does not have enough memory",
            "Move",
        ),
        (38, "Cannot access storage file '/srv/vm1.raw': No such file or directory", "cannot access", "Mount"),
        (38, "Connection refused", "Cannot connect", "firewall"),
        (38, "ssh: connect to host h: No route to host", "Cannot connect", "firewall"),
        (38, "End of file while reading data", "libvirtd on the host was lost", "reconnects"),
        (38, "client socket is closed", "libvirtd on the host was lost", "reconnects"),
        (9, "Broken pipe", "transfer failed", "network"),
        (9, "Input/output error", "transfer failed", "network"),
        (9, "Cannot allocate memory", "does not have enough memory", "Move"),
        (9, "No such file or directory", "cannot access the files", "Mount"),
        (9, "Could not resolve hostname h", "name cannot be resolved", "hosts file"),
        (9, "cannot find tls-creds", "no certificates", "/etc/pki/qemu"),
        (9, "Unable to set TLS credentials", "no certificates", "/etc/pki/qemu"),
        (9, "sh: virt-ssh-helper: command not found", "connects ssh to libvirtd", "netcat"),
        (68, "Timed out during operation: cannot acquire state change lock", "running another job", "Wait"),
    ],
)
def test_each_known_failure_has_reason_and_remedy(code: int, message: str, reason: str, remedy: str) -> None:
    verdict = sentence(code, message, "node3")

    assert not verdict
    assert reason in verdict.reason
    assert remedy in verdict.remedy


def test_an_unknown_failure_keeps_libvirt_s_words_and_code_on_one_line() -> None:
    verdict = sentence(999, "strange\n  things\thappened.")

    assert verdict.reason == "libvirt error 999: strange things happened."


def test_a_message_without_end_is_cut() -> None:
    assert len(sentence(1, "x" * 100_000).reason) < 500


@pytest.mark.parametrize(
    ("code", "domain", "message", "kind"),
    [
        (OPERATION_ABORTED, None, "Certificate does not match", Kind.CANCELED),
        (88, 46, "access denied: Connection refused", Kind.ACCESS),
        (AUTH_FAILED, FROM_AUTH, "unable to connect", Kind.LOGIN),
        (8, FROM_URI, "no such thing", Kind.ADDRESS),
        (6, None, "words of another version", Kind.LOST),
        (OPERATION_TIMEOUT, 10, "cannot acquire state change lock", Kind.BUSY),
        (1, 10, "words of another version", Kind.UNKNOWN),
    ],
)
def test_number_and_domain_decide_before_words(code: int, domain: int | None, message: str, kind: Kind) -> None:
    assert kind_of(code, message, domain) is kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("internal error: Certificate does not match the hostname 10.92.0.2", Kind.CERTIFICATE_OF_DESTINATION),
        ("operation failed: migration failed: Unable to read from socket: Connection reset by peer", Kind.TRANSFER),
        ("Identity of host 'h:22' differs from stored identity. Please verify the new host key", Kind.KEY_CHANGED),
        ("no user interaction callback provided: can't verify the session host key", Kind.KEY_UNKNOWN),
        ("No authentication methods and credentials provided", Kind.LOGIN),
    ],
)
def test_words_of_libvirt_11_qemu_10_and_of_the_ssh_libraries_are_known(message: str, kind: Kind) -> None:
    assert kind_of(1, message) is kind


def test_each_row_of_words_names_where_they_were_seen_and_each_kind_has_a_sentence() -> None:
    assert all(row.seen for row in WORDS)
    for kind in {row.kind for row in WORDS} | set(BY_NUMBER.values()):
        code = next((code for (code, _), found in BY_NUMBER.items() if found is kind), 1)
        assert sentence(code, "{words} in braces").reason
