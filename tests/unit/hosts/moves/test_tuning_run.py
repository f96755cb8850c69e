"""What a run asks of libvirt: limits changed on the way, and the name that an encrypted transfer compares."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fcm.backend.libvirt.configuration.hosts_file import Host
from fcm.backend.libvirt.moves.migration import MigrationRun
from fcm.backend.libvirt.moves.options import FULL_SPEED
from fcm.backend.libvirt.moves.outcome import Whereabouts
from fcm.backend.libvirt.paths.probe import Answer
from fcm.model.migrations import UNLIMITED, Migration, MigrationKind, MigrationOptions
from fcm.model.rules.verdict import OK
from fcm.model.telemetry import Phase

LIBVIRT = SimpleNamespace(
    libvirtError=OSError,
    VIR_MIGRATE_PARAM_BANDWIDTH="bandwidth",
    VIR_MIGRATE_PARAM_TLS_DESTINATION="tls.destination",
)


class Domain:
    """A machine whose host keeps 7 MiB/s for its migrations."""

    def __init__(self) -> None:
        self.speed = 7

    def migrateGetMaxSpeed(self, _flags: int) -> int:
        return self.speed

    def migrateSetMaxSpeed(self, speed: int, _flags: int) -> None:
        self.speed = speed


@pytest.fixture(autouse=True)
def _without_libvirt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.load_libvirt", lambda: LIBVIRT)


def run_of(options: MigrationOptions, tls_name: str | None = None) -> Any:
    """A run from node1 to node2 that has begun."""
    ends: list[Any] = [
        SimpleNamespace(host=Host(name, "qemu:///system", "", {}, None, (), None, tls_name))
        for name in ("node1", "node2")
    ]
    migration = Migration(
        "m1", MigrationKind.LIVE, "web", "node1", "node2", options=options, phase=Phase.BROWNOUT, requested=0.0
    )
    source, destination = ends
    run: Any = MigrationRun(
        migration, source, destination, (), SimpleNamespace(post=lambda *_: None), unsafe=False, qemu="QEMU 7.2.22"
    )
    run._domain = Domain()
    return run


@pytest.mark.parametrize(
    ("bandwidth", "speed", "kept"),
    [(20 << 20, 20, 20 << 20), ((3 << 20) - 1, 2, (3 << 20) - 1), (1, 1, 1), (UNLIMITED, FULL_SPEED, None)],
)
def test_a_limit_is_given_in_mib_and_one_taken_away_is_the_most_that_libvirt_takes(
    bandwidth: int, speed: int, kept: int | None
) -> None:
    run = run_of(MigrationOptions(bandwidth=2 << 20))

    run.tune(None, bandwidth, post_copy=False)

    assert run._domain.speed == speed
    assert speed << 20 < 2**63
    assert run.migration.options.bandwidth == kept  # for the next network, if this one fails
    assert ("bandwidth" in run._parameters(run.migration.options)) is (kept is not None)


def test_a_machine_that_stayed_has_the_limit_again_that_its_host_had_kept_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.whereabouts", lambda *_: Whereabouts(node="node1"))
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.is_migrating", lambda _: False)
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.processor_verdict", lambda *_: OK)
    run = run_of(MigrationOptions())
    domain = run._domain
    run._source.domain = lambda _: domain
    run._networks = [("net", "Live Migration", "192.0.2.1")]
    monkeypatch.setattr(
        run, "_transfer", lambda *_: run.tune(None, 3 << 20, post_copy=False) or ("it broke", "", False)
    )
    answered = Answer(True, "answered", 0.0)
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.probe_from", lambda *_: (answered, "here"))

    run._try_networks()

    assert run.migration.options.bandwidth == 3 << 20
    assert domain.speed == 7


class RefusedError(OSError):
    """An error as libvirt's module raises it."""

    def get_error_code(self) -> int:
        return 8

    def get_error_domain(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("said", "another"),
    [
        ("Unable to parse URI tcp://fd00:92::2", True),
        ("Failed to connect to '[fd00:92::2]:49152': Cannot assign requested address", True),
        ("unable to connect to server at 'fd00:92::2:49152': Connection refused", True),
        ("unable to connect to server: No route to host", True),
        ("Certificate does not match the hostname fd00:92::2", False),
        ("internal error: qemu unexpectedly closed the monitor", False),
    ],
)
def test_the_next_network_is_tried_where_this_one_made_no_connection_or_its_address_was_refused(
    said: str, another: bool
) -> None:
    run = run_of(MigrationOptions())
    run._domain.connect = lambda: SimpleNamespace(isAlive=lambda: True)
    run._destination.answers = lambda _limit: True

    _, remedy, may_help = run._failure(RefusedError(said), "fd00:92::2")

    assert may_help is another
    assert ("migration_address" in remedy) is ("Connection refused" in said)


@pytest.mark.parametrize(
    ("tls", "name", "asked"),
    [
        (True, "node2.example", {"tls.destination": "node2.example"}),
        (True, None, {}),
        (False, "node2.example", {}),
    ],
)
def test_an_encrypted_transfer_looks_for_the_name_of_the_hosts_file_in_the_certificate(
    tls: bool, name: str | None, asked: dict[str, str]
) -> None:
    options = MigrationOptions(tls=tls)

    assert run_of(options, name)._parameters(options) == asked
