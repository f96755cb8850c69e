"""A live migration on hosts that do as a test says: the machine, what it says, and everything around its run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fcm.model import events as ev
from fcm.ui.tour.patience import stretched

if TYPE_CHECKING:
    from fcm.backend.libvirt.moves.outcome import Whereabouts

RUNS, STANDS, POST_COPY = (1, 1), (3, 2), (3, 12)
OUT = 6


class RefusedError(Exception):
    """An error as libvirt's module raises it."""

    def __init__(self, text: str, code: int | None = 8) -> None:
        super().__init__(text)
        self.code = code

    def get_error_code(self) -> int | None:
        return self.code

    def get_error_domain(self) -> int:
        return 0


_NAMES = ("LIVE", "PEER2PEER", "PERSIST_DEST", "UNDEFINE_SOURCE", "UNSAFE", "AUTO_CONVERGE", "POSTCOPY")
_NAMES += ("COMPRESSED", "PARALLEL", "TLS", "POSTCOPY_RESUME")
FLAGS = {name: 1 << number for number, name in enumerate(_NAMES)}
LIBVIRT = SimpleNamespace(
    libvirtError=RefusedError,
    VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT=OUT,
    VIR_DOMAIN_JOB_STATS_COMPLETED=1,
    VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED=2,
    VIR_MIGRATE_PARAM_URI="uri",
    VIR_MIGRATE_PARAM_BANDWIDTH="bandwidth",
    VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL="initial",
    VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT="increment",
    VIR_MIGRATE_PARAM_COMPRESSION="compression",
    VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS="connections",
    VIR_MIGRATE_PARAM_TLS_DESTINATION="tls.destination",
    **{f"VIR_MIGRATE_{name}": flag for name, flag in FLAGS.items()},
)
Look = tuple[tuple[int, int], dict[str, Any]]


def job(sent: int, remaining: int = 1000, ms: int = 100, number: int = 1) -> dict[str, Any]:
    return {
        "type": 2,
        "operation": OUT,
        "memory_total": 1 << 20,
        "memory_processed": sent,
        "memory_remaining": remaining,
        "memory_iteration": number,
        "time_elapsed": ms,
    }


@dataclass
class Domain:
    """A machine at its source: what it says each time it is looked at, and what it was told to do."""

    looks: list[Look | Exception] = field(default_factory=list)
    result: Exception | None = None
    """What the call of the migration raises."""
    persistent: bool = True
    refuses: str = ""
    """Name of a call that the host refuses."""
    did: list[Any] = field(default_factory=list)
    seen: threading.Event = field(default_factory=threading.Event)
    """All looks were taken."""
    now: Look = (RUNS, {})
    alive: bool = True

    def migrateToURI3(self, uri: str, parameters: dict[str, Any], flags: int) -> None:
        self.did.append(("migrate", uri, parameters, flags))
        if self.looks:
            assert self.seen.wait(stretched(20))
        if self.result is not None:
            raise self.result

    def state(self) -> tuple[int, int]:
        if not self.looks:
            self.seen.set()
            raise RefusedError("no more to tell")
        look = self.looks.pop(0)
        if isinstance(look, Exception):
            raise look
        self.now = look
        return look[0]

    def jobStats(self, _flags: int = 0) -> dict[str, Any]:
        return self.now[1]

    def _told(self, name: str, *values: Any) -> None:
        if self.refuses == name:
            raise RefusedError("cannot acquire state change lock", 68)
        self.did.append((name, *values))

    def migrateGetMaxSpeed(self, _flags: int) -> int:
        return 7

    def migrateSetMaxSpeed(self, speed: int, flags: int) -> None:
        assert flags == 0
        self._told("speed", speed)

    def migrateSetMaxDowntime(self, milliseconds: int, flags: int) -> None:
        assert flags == 0
        self._told("downtime", milliseconds)

    def migrateStartPostCopy(self, flags: int) -> None:
        assert flags == 0
        self._told("post-copy")

    def memoryStats(self) -> dict[str, int]:
        if self.refuses == "memory":
            raise RefusedError("not known")
        return {"rss": 2048}

    def XMLDesc(self, flags: int) -> str:
        assert flags == 0
        return "<domain type='qemu'/>"

    def abortJob(self) -> None:
        self._told("abort")

    def isPersistent(self) -> bool:
        return self.persistent

    def isActive(self) -> bool:
        return True

    def name(self) -> str:
        return "WEB"

    def connect(self) -> Any:
        return SimpleNamespace(isAlive=lambda: self.alive)


@dataclass
class Stage:
    """One run with everything around it."""

    domain: Domain
    run: Any
    told: list[Any]
    ends: Whereabouts
    reached: dict[str, bool]
    """Whether the path to an address answers; all others do."""

    def begin(self) -> list[Any]:
        self.run._guarded(self.run._try_networks)
        return self.told

    def follow(self) -> list[Any]:
        self.run._guarded(self.run._follow)
        return self.told

    def networks(self) -> list[tuple[str, bool, str]]:
        """Which were tried, whether they connected, and the words."""
        attempts = [one.attempt for one in self.told if isinstance(one, ev.MigrationNetworkTried)]
        return [(one.network, one.connected, one.result) for one in attempts]

    @property
    def last(self) -> Any:
        return self.told[-1]


Staged = Callable[..., Stage]


def kinds(told: list[Any]) -> list[str]:
    return [one.phase.value if isinstance(one, ev.MigrationPhaseEntered) else type(one).__name__ for one in told]
