"""Options that not every host has: as libvirt takes them, and who has them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fcm.backend.libvirt.moves import migration as moves
from fcm.backend.libvirt.moves.options import ZERO_COPY
from fcm.model import events as ev
from fcm.model.migrations import Compression, MigrationOptions
from fcm.model.rules.machines import transfer_options
from fcm.model.rules.moving.transfer_options import no_simulation, supported
from tests.unit.hosts.staged_runs import FLAGS, Staged

NEW, OLD = (10_000_013, 11_003_000), (7_002_022, 9_000_000)
"""getVersion (QEMU) and getLibVersion of Debian 13 and 12."""
ZSTD = MigrationOptions(parallel_connections=2, compression=Compression.ZSTD)


def with_hosts(stage: Any, source: tuple[int, int], destination: tuple[int, int]) -> None:
    for end, (qemu, libvirt) in ((stage.run._source, source), (stage.run._destination, destination)):
        end.connection = lambda qemu=qemu, libvirt=libvirt: SimpleNamespace(
            getVersion=lambda: qemu, getLibVersion=lambda: libvirt
        )


@pytest.mark.parametrize(
    ("options", "flags", "parameters"),
    [
        (ZSTD, {"COMPRESSED", "PARALLEL"}, {"compression": "zstd", "connections": 2}),
        (
            MigrationOptions(parallel_connections=4, compression=Compression.ZLIB),
            {"COMPRESSED", "PARALLEL"},
            {"compression": "zlib", "connections": 4},
        ),
        (MigrationOptions(parallel_connections=2, zero_copy=True), {"PARALLEL"}, {"connections": 2}),
        (
            MigrationOptions(xbzrle=True, xbzrle_cache=128 << 20),
            {"COMPRESSED"},
            {"compression": "xbzrle", "compression.xbzrle.cache": 128 << 20},
        ),
        (MigrationOptions(switchover_bandwidth=5 << 20), set(), {"bandwidth.avail.switchover": 5}),
        (MigrationOptions(post_copy=True, post_copy_bandwidth=7 << 20), {"POSTCOPY"}, {"bandwidth.postcopy": 7}),
    ],
)
def test_each_option_of_today_is_asked_of_hosts_that_have_it(
    staged: Staged, options: MigrationOptions, flags: set[str], parameters: dict[str, Any]
) -> None:
    stage = staged(options=options)
    with_hosts(stage, NEW, NEW)
    stage.begin()
    ((_, _, given, told),) = stage.domain.did
    plain = FLAGS["LIVE"] | FLAGS["PEER2PEER"] | FLAGS["PERSIST_DEST"] | FLAGS["UNDEFINE_SOURCE"]
    zero_copy = ZERO_COPY if options.zero_copy else 0
    assert told == plain | zero_copy | sum(FLAGS[name] for name in flags)
    assert {name: value for name, value in given.items() if name != "uri"} == parameters


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (ZSTD, "Compression of parallel connections requires libvirt 9.4; node2 has 9.0."),
        (MigrationOptions(switchover_bandwidth=5 << 20), "A switchover bandwidth requires QEMU 8.2; node2 has 7.2."),
    ],
)
def test_what_one_of_the_hosts_does_not_have_is_refused_before_anything_moves(
    staged: Staged, options: MigrationOptions, words: str
) -> None:
    stage = staged(options=options, ends="node1")
    with_hosts(stage, NEW, OLD)
    stage.begin()
    assert not stage.domain.did
    assert isinstance(stage.last, ev.MigrationFailed)
    assert words in stage.last.reason
    assert "Leave it out, or update" in stage.last.remedy


def test_hosts_are_not_asked_for_what_all_of_them_have(staged: Staged) -> None:
    stage = staged(options=MigrationOptions(post_copy=True, xbzrle=True))
    stage.begin()  # these hosts have no connection that could be asked
    assert stage.domain.did
    assert moves.OK


def test_a_version_that_is_not_known_refuses_nothing() -> None:
    assert supported(ZSTD, "node1", None, None)
    assert not supported(ZSTD, "node1", (4, 2), None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (MigrationOptions(compression=Compression.ZSTD), "Compression requires parallel connections."),
        (MigrationOptions(zero_copy=True), "Zero-copy requires parallel connections."),
        (MigrationOptions(zero_copy=True, tls=True, parallel_connections=2), "Zero-copy and TLS"),
        (
            MigrationOptions(zero_copy=True, compression=Compression.ZLIB, parallel_connections=2),
            "Zero-copy and compression",
        ),
        (MigrationOptions(switchover_bandwidth=1000), "The switchover bandwidth must be at least 1 MiB/s."),
        (MigrationOptions(post_copy=True, post_copy_bandwidth=0), "The post-copy bandwidth must be at least 1 MiB/s."),
        (MigrationOptions(post_copy_bandwidth=5 << 20), "requires post-copy"),
        (MigrationOptions(xbzrle_cache=1 << 20), "requires XBZRLE"),
        (MigrationOptions(xbzrle=True, xbzrle_cache=3 << 20), "must be a power of two"),
        (MigrationOptions(xbzrle=True, xbzrle_cache=1 << 19), "must be a power of two"),
    ],
)
def test_what_qemu_refuses_on_any_host_is_refused_with_the_reason(options: MigrationOptions, words: str) -> None:
    verdict = transfer_options(options)
    assert not verdict
    assert words in verdict.reason


@pytest.mark.parametrize(
    "options",
    [
        ZSTD,
        MigrationOptions(zero_copy=True, parallel_connections=2),
        MigrationOptions(switchover_bandwidth=5 << 20),
        MigrationOptions(post_copy=True, post_copy_bandwidth=5 << 20),
    ],
)
def test_an_embedded_cluster_says_what_it_does_not_simulate(options: MigrationOptions) -> None:
    assert transfer_options(options)
    assert "does not simulate" in no_simulation(options).reason


def test_a_cache_of_xbzrle_is_simulated() -> None:
    assert no_simulation(MigrationOptions(xbzrle=True, xbzrle_cache=1 << 20))
