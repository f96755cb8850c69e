"""What can be changed about a live migration that runs, and which change would let it end: words and commands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.commands import TuneMigration
from fcm.model.migrations import MigrationKind
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.migration.forecast.outlook import Outlook
    from fcm.model.migrations import Migration
    from fcm.model.state import State
    from fcm.workspace.workspace import Workspace

LONGEST_LIMIT = 5.0
"""s: a downtime limit above this is no help, the machine would be better restarted."""
TOO_LONG = 0.1
"""s beyond the downtime limit from which a blackout that is forecast is called too long."""
ROOM = 1.05
"""Factor on a bandwidth that would just be enough."""
DANGER = (
    "The guest continues at the destination at once and fetches the rest of its memory over the network. If the "
    "network or the source fails before all of it has arrived, the machine is lost."
)
"""Of post-copy (QEMU docs/devel/migration, postcopy)."""


@dataclass(frozen=True, slots=True)
class Help:
    """One change that would help, ready to be asked for."""

    text: str
    """Of the button, imperative: Raise the downtime limit to 850 ms."""
    command: TuneMigration
    consequence: str
    """What it costs."""
    dangerous: bool = False
    """True where the machine can be lost by it."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What is wrong with a running migration and what can be done about it now."""

    sentence: str = ""
    """Why, and what would help; "" while all is well."""
    helps: tuple[Help, ...] = ()


def may_tune(workspace: Workspace, migration: Migration) -> Verdict:
    """Whether options of a migration can be changed now, and why not."""
    able = workspace.capabilities.verdict(TuneMigration)
    if not able:
        return able
    if migration.kind is not MigrationKind.LIVE or migration.phase.is_over:
        return no("Only a live migration in progress can be changed.", "")
    if migration.phase in (Phase.WAITING, Phase.SETUP):
        return no("Options can be changed once memory is being copied.", "Wait a moment, or cancel it and start again.")
    if migration.phase is not Phase.BROWNOUT:
        return no("The memory has been sent; nothing can be changed now.", "")
    return OK


def may_post_copy(workspace: Workspace, migration: Migration) -> Verdict:
    """Whether a migration can switch to post-copy now, and why not."""
    able = may_tune(workspace, migration)
    if not able:
        return able
    if not (migration.options.post_copy or workspace.capabilities.late_post_copy):
        return no(
            "This migration was started without post-copy, so its hosts are not prepared for it.",
            "Cancel it and start it again with the option Post-copy.",
        )
    return OK


def advice(workspace: Workspace, migration: Migration, outlook: Outlook | None) -> Advice:
    """What would let a migration end, or end with a shorter blackout; only what can be changed now is a button."""
    if outlook is None or outlook.assumed or migration.phase is not Phase.BROWNOUT:
        return Advice()
    if migration.wanted.steered:  # fcm does what is permitted, and says so
        return Advice()
    limit = _limit(migration)
    stuck = outlook.verdict.value == "will not converge"
    close = outlook.verdict.value == "unknown" and bool(outlook.reason)
    blackout = outlook.blackout
    long = math.isfinite(blackout.mid) and blackout.low > limit + TOO_LONG
    if not (stuck or close or long):
        return Advice()
    helps = tuple(_helps(workspace, migration, outlook, limit, stuck or close))
    if long and not (stuck or close):
        reason = (
            f"The guest would be stopped for about {_time(blackout.mid)}, longer than the limit of {_time(limit)}: "
            "the last memory does not fit into it."
        )
    else:
        reason = outlook.reason.strip()
    parts = [reason if not reason or reason[-1] in ".!?" else f"{reason}.", _what_helps(helps)]
    if (stuck or close) and not migration.options.auto_converge:
        parts.append("Auto-converge can be chosen only at the start: cancel, and start again with it.")
    return Advice(" ".join(part for part in parts if part), helps)


def _helps(workspace: Workspace, migration: Migration, outlook: Outlook, limit: float, stuck: bool) -> list[Help]:
    if not may_tune(workspace, migration):
        return []
    found: list[Help] = []
    enough = outlook.enough_limit
    if stuck and enough is not None and limit < enough <= LONGEST_LIMIT:
        wanted = math.ceil(round(enough * 20, 6)) / 20
        found.append(
            Help(
                f"Raise the downtime limit to {_time(wanted)}",
                TuneMigration(migration.id, downtime_limit=wanted),
                f"The guest may be stopped for {_time(wanted)} at the end.",
            )
        )
    bandwidth = _bandwidth(workspace.state, migration, outlook)
    if bandwidth is not None:
        found.append(
            Help(
                f"Raise the bandwidth to {_rate(bandwidth)}",
                TuneMigration(migration.id, bandwidth=bandwidth),
                "Other traffic on this network gets less.",
            )
        )
    if may_post_copy(workspace, migration):
        found.append(
            Help("Switch to post-copy now", TuneMigration(migration.id, post_copy=True), DANGER, dangerous=True)
        )
    return found


def _limit(migration: Migration) -> float:
    from fcm.workspace.forecasts import downtime_limit  # numpy, which the caller has needed by then

    return downtime_limit(migration)


def _bandwidth(state: State, migration: Migration, outlook: Outlook) -> int | None:
    """Bytes/s, whole Mbit/s, that would be enough; None unless a limit was set that can be raised so far.

    The forecast has seen windows of seconds, and how much is written in the tenths of a second of the downtime limit is
    extrapolated. So what is offered carries all that is dirtied again within the limit; what may be too little is not.
    """
    enough, now = outlook.enough_bandwidth, migration.options.bandwidth
    if enough is None or now is None or enough <= now:
        return None
    wanted = _whole(max(enough * ROOM, now * (outlook.enough_limit or 0.0) / _limit(migration)))
    network = state.networks.get(migration.network or "")
    return wanted if network is None or wanted <= network.bandwidth else None


def _whole(bandwidth: float) -> int:
    """Bytes/s rounded up to whole Mbit/s."""
    return math.ceil(bandwidth / 125_000 - 1e-9) * 125_000


def _what_helps(helps: tuple[Help, ...]) -> str:
    if not helps:
        return "Nothing that can be changed now would help: cancel it, or wait until the guest writes less."
    *first, last = (help_.text[0].lower() + help_.text[1:] for help_ in helps)
    text = f"{', '.join(first)}, or {last}" if first else last
    return f"{text[0].upper()}{text[1:]}."


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f}\N{NO-BREAK SPACE}ms" if seconds < 1 else f"{seconds:.3g}\N{NO-BREAK SPACE}s"


def _rate(count: float) -> str:
    bits = count * 8 / 1e6
    return f"{bits / 1000:.3g}\N{NO-BREAK SPACE}Gbit/s" if bits >= 1000 else f"{bits:.0f}\N{NO-BREAK SPACE}Mbit/s"
