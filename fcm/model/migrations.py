"""Live migrations and other moves, and drains, as frozen data; mappings between objects hold ids."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from fcm.model.telemetry import FinalFigures, Phase


class MigrationKind(StrEnum):
    """The three ways in which a machine changes its node."""

    LIVE = "Live migration"
    QUICK = "Quick migration"
    MOVE = "Move"


class Compression(StrEnum):
    """How parallel connections compress memory (QEMU: multifd-compression)."""

    NONE = ""
    ZLIB = "zlib"
    ZSTD = "zstd"


UNLIMITED = 0
"""bytes/s: where a running migration is tuned, this takes its bandwidth limit away; None there leaves it as it is."""


@dataclass(frozen=True, slots=True)
class MigrationOptions:
    """How memory is to be moved. None = the default of the backend."""

    downtime_limit: float | None = None
    """s."""
    bandwidth: int | None = None
    """bytes/s at most; None = what the network carries."""
    auto_converge: bool = False
    post_copy: bool = False
    """The machine moves at once and fetches its memory afterwards; if the source fails then, the machine is lost."""
    auto_converge_initial: int | None = None
    """% by which auto-converge first slows the guest."""
    auto_converge_increment: int | None = None
    """% by which it slows the guest more after each pass that did not help."""
    xbzrle: bool = False
    """Send only what changed of pages sent before; costs memory and processor time at the source."""
    parallel_connections: int = 1
    """TCP connections that carry memory at the same time (QEMU: multifd)."""
    tls: bool = False
    """Encrypt the transfer; real hosts only, which need certificates."""
    time_limit: float | None = None
    """s from its start after which a migration that still copies memory is canceled; None = never."""
    compression: Compression = Compression.NONE
    """Of parallel connections; costs processor time at both ends."""
    zero_copy: bool = False
    """Parallel connections send memory without copying it first; all of it is locked meanwhile (Linux)."""
    xbzrle_cache: int | None = None
    """bytes for pages that were sent before; None = QEMU's 64 MiB."""
    switchover_bandwidth: int | None = None
    """bytes/s with which QEMU reckons for the last pages; None = what it measures."""
    post_copy_bandwidth: int | None = None
    """bytes/s at most once post-copy has begun, but for pages that the guest waits for; None = no limit."""
    move_within: float | None = None
    """s from its start in which it should have ended: a goal. With a goal, fcm chooses and changes the limits, and the
    other options say what is permitted for that."""
    pause_at_most: float | None = None
    """s for which the machine should stand still at most: a goal."""
    goals_shadow: bool = False
    """Nothing is changed for the goals; only what would have been done is told."""

    @property
    def has_goals(self) -> bool:
        """Whether it is to be steered, or in shadow mode said how it would be."""
        return self.move_within is not None or self.pause_at_most is not None

    @property
    def steered(self) -> bool:
        """Whether fcm chooses and changes its limits."""
        return self.has_goals and not self.goals_shadow

    def tuned(self, downtime_limit: float | None, bandwidth: int | None, post_copy: bool) -> MigrationOptions:
        """As they are after a change on the way: None leaves a limit as it is, ``UNLIMITED`` takes one away."""
        return replace(
            self,
            downtime_limit=self.downtime_limit if downtime_limit is None else downtime_limit,
            bandwidth=self.bandwidth if bandwidth is None else (bandwidth or None),
            post_copy=self.post_copy or post_copy,
        )


DEFAULT_OPTIONS = MigrationOptions()
"""Nothing asked for: everything is the default of the backend."""


@dataclass(frozen=True, slots=True)
class NetworkPreference:
    """Networks that live migrations of one machine try, by id, first to last, and those that they never use."""

    order: tuple[str, ...] = ()
    """Empty: the default order."""
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkAttempt:
    """One try to reach the destination over one network of the preference order."""

    network: str
    """Id."""
    address: str
    time: float
    """s since the epoch, clock of the cluster."""
    duration: float
    """s."""
    connected: bool
    result: str
    """In words."""


@dataclass(frozen=True, slots=True)
class SteeringStep:
    """What was done for the goals of a live migration, or in shadow mode would have been done, and why."""

    time: float
    """s since the epoch, clock of the cluster."""
    text: str
    shadow: bool = False
    warning: bool = False
    """True where it says that a goal is not expected to be met, or is missed."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """What a real host says of the program that runs a machine."""

    resident: int
    """bytes of the host's memory that it has in use: no more of the guest can be other than zero."""
    emulated: bool = False
    """It runs without KVM: it has more memory of its own, and its dirty log counts whole passes."""
    arrived: bool = False
    """The machine came by a live migration; one that booted there has used more."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One move of one machine, from the request to its end."""

    id: str
    kind: MigrationKind
    machine: str
    source: str
    destination: str
    options: MigrationOptions
    phase: Phase
    requested: float
    """s since the epoch, clock of the cluster; so are started and ended."""
    started: float | None = None
    ended: float | None = None
    attempts: tuple[NetworkAttempt, ...] = ()
    network: str | None = None
    """The network that carries the memory."""
    handed_over: bool = False
    """True once the destination owns the machine."""
    reason: str = ""
    """Why it waits, or why it failed."""
    remedy: str = ""
    figures: FinalFigures | None = None
    drain: str | None = None
    """Id of the drain that it is a part of."""
    endless: str = ""
    """Why it is not expected to end by itself, as was told once; "" as long as that has not been seen."""
    steps: tuple[SteeringStep, ...] = ()
    """What was done for its goals, oldest first."""
    asked: MigrationOptions | None = None
    """The options that were asked for, where fcm has changed them for its goals; None: ``options`` are."""
    emulator: Emulator | None = None
    """As memory began to move; None where the hosts do not say."""
    name: str = field(default="", compare=False)
    """What the machine was called at the request; of use once the machine is gone."""

    def steered(
        self, text: str, shadow: bool, warning: bool, time: float
    ) -> tuple[tuple[SteeringStep, ...], MigrationOptions | None]:
        """``steps`` and ``asked`` after a step for its goals that is told in these words (time: s since the epoch)."""
        asked = self.asked if shadow or self.asked is not None else self.options
        return (*self.steps, SteeringStep(time, text, shadow, warning)), asked

    @property
    def wanted(self) -> MigrationOptions:
        """The options that were asked for, whatever was changed for its goals."""
        return self.options if self.asked is None else self.asked


@dataclass(frozen=True, slots=True)
class DrainMove:
    """One live migration of a drain."""

    machine: str
    destination: str
    predicted: float | None = field(default=None, compare=False)
    """s; None = it is not expected to end by itself, or nobody predicted it. Decides nothing."""
    basis: str = field(default="", compare=False)
    """What the prediction rests on: "forecast", "measured", "assumed", or "" where there is none."""


@dataclass(frozen=True, slots=True)
class Staying:
    """A running machine that a drain leaves on its node."""

    machine: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Drain:
    """One emptying of a node. Its migrations are those that name it, in the order of the moves."""

    id: str
    node: str
    requested: float
    """s since the epoch, clock of the cluster; so is ended."""
    moves: tuple[DrainMove, ...]
    staying: tuple[Staying, ...] = ()
    ended: float | None = None
    held_up: str = ""
    """What keeps it from its end, as was told once; "" as long as nothing does."""
