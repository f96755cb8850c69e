"""Waiting for what a command began: moves of machines, machines that start or stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import MachineState
from fcm.model.migrations import MigrationKind
from fcm.model.quantities import size
from fcm.model.rules.moving.drains import active_drain, drain_migrations, last_drain
from fcm.model.structures.tables import name_of
from fcm.model.telemetry import Phase
from fcm.shell.language.errors import RefusedError, StoppedError
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.commands import Command
    from fcm.model.migrations import Migration
    from fcm.shell.runtime.call import Call

SETTLING = 600.0
"""s on the cluster's clock to wait for a machine that starts or stops, where -Wait says nothing."""
_CANCELING = 20.0
"""s on the cluster's clock to wait for the end of a move that was canceled."""
_MOVING = frozenset((MachineState.STARTING, MachineState.STOPPING, MachineState.SAVING))


def until_settled(call: Call, machines: list[str]) -> None:
    """Wait until machines have started, stopped or saved; -Wait limits the time (0: do not wait)."""
    limit = call.whole("Wait") if call.session.waits else 0

    def settled() -> bool:
        found = [call.state.machines[one] for one in machines if one in call.state.machines]
        return not any(machine.state in _MOVING for machine in found)

    call.session.waiting.until(settled, SETTLING if limit is None else limit)


def until_down(call: Call) -> None:
    """Wait until the cluster has been shut down; -Wait limits the time (0: do not wait)."""
    limit = call.whole("Wait") if call.session.waits else 0

    def down() -> bool:
        cluster = call.state.cluster
        # With real hosts it is down once the command was carried out.
        return cluster is None or bool(cluster.stopped or cluster.engine)

    call.session.waiting.until(down, SETTLING if limit is None else limit)


def until_running(call: Call) -> None:
    """Wait until the cluster runs, as long as -Wait says."""
    limit = (call.whole("Wait") or 0) if call.session.waits else 0

    def running() -> bool:
        cluster = call.state.cluster
        return cluster is None or not cluster.stopped

    call.session.waiting.until(running, limit)


def until_moved(call: Call, migration: Migration, limit: int | None) -> Migration:
    """Wait for the end of a move and tell its progress.

    Args:
        call: whose cluster and -Wait.
        migration: the move.
        limit: s on the cluster's clock; None: until it is over, 0: do not wait.

    Returns:
        The move as it is then, over or not.

    Raises:
        RefusedError: the move failed.
        StoppedError: the user stopped the script; a live migration was canceled where that was possible.
    """
    session = call.session
    if not session.waits:
        return migration
    name = call.state.machines[migration.machine].name
    activity = f"{migration.kind} of {name} from {migration.source} to {migration.destination}"

    def known() -> Migration:
        return call.state.migrations[migration.id]

    def told() -> None:
        session.on_progress(activity, _course(call, known()), percent(call, known()))
        warn(f"{activity} does not end by itself. {known().endless}" if known().endless else "")

    warn = _once(call)

    try:
        if not session.waiting.until(lambda: known().phase.is_over, limit, told):
            return known()
    except (KeyboardInterrupt, StoppedError):
        _cancel(call, migration)
        raise StoppedError(
            f"Canceled by the user: {_status(call.state.migrations[migration.id])}.", category="OperationStopped"
        ) from None
    finally:
        session.on_progress(activity, "", -1)
    found = known()
    if found.phase is not Phase.COMPLETED:
        reason = found.reason or f"The move of {name} {'was canceled' if found.phase is Phase.CANCELED else 'failed'}."
        raise RefusedError(reason, found.remedy, call.at, "OperationStopped")
    return found


def until_drained(call: Call, node: str) -> None:
    """Wait until a drain is over and tell how many machines have left; what stays is said as a warning.

    Raises:
        StoppedError: the user stopped the script; the migrations of the drain were canceled where that was possible.
    """
    session = call.session
    activity = f"Drain of {node}"

    def told() -> None:
        drain = active_drain(call.state, node)
        if drain is not None:
            over = sum(one.phase.is_over for one in drain_migrations(call.state, drain.id).values())
            total = max(len(drain.moves), 1)
            session.on_progress(activity, f"{over} of {counted(len(drain.moves), 'machine')}", 100 * over // total)
            warn(drain.held_up)

    warn = _once(call)

    try:
        if session.waits:
            session.waiting.until(lambda: active_drain(call.state, node) is None, None, told)
    except (KeyboardInterrupt, StoppedError):
        with session.to_the_end():
            _answered(call, cmd.CancelMigrations(node))
        raise StoppedError(
            f"Canceled by the user: the migrations of the drain were canceled. {node} stays paused.",
            category="OperationStopped",
        ) from None
    finally:
        session.on_progress(activity, "", -1)
    ended = last_drain(call.state, node)
    for one in ended.staying if ended is not None else ():
        stays = f"{name_of(call.state.machines, one.machine)} stays on {node}. {one.reason} {one.remedy}"
        session.say(stays, "warning")


def _once(call: Call) -> Callable[[str], None]:
    """Says a warning when there is one for the first time: who waits has to know that it will not end by itself."""
    said: list[str] = []

    def warn(reason: str) -> None:
        if reason and not said:
            said.append(reason)
            call.session.say(reason, "warning")

    return warn


def percent(call: Call, migration: Migration) -> int:
    """MigrationProgress, 0 to 100 and never falling: how much of the time until its expected end has passed."""
    if migration.phase is Phase.COMPLETED:
        return 100
    if not call.workspace.rows(migration.id):
        return 0
    forecasts = call.session.waiting.forecasts
    forecasts.tell((migration.id,))
    return min(99, int(100 * forecasts.course(migration.id).told_progress))


def _course(call: Call, migration: Migration) -> str:
    """Phase, pass, what is left and the rate, as far as they are known."""
    rows = call.workspace.rows(migration.id)
    if not rows or not rows[-1].pass_number:
        return _status(migration)
    row = rows[-1]
    return f"{migration.phase}, pass {row.pass_number}, {size(row.remaining)} left, {size(row.rate)}/s" + (
        f", processors throttled by {row.throttle} %" if row.throttle else ""
    )


def _status(migration: Migration) -> str:
    return f"{migration.phase}: {migration.reason}" if migration.reason else str(migration.phase)


def _cancel(call: Call, migration: Migration) -> None:
    """Cancel and wait for the answer; a move that cannot be canceled goes on."""
    if migration.kind is not MigrationKind.LIVE:
        return
    with call.session.to_the_end():
        if _answered(call, cmd.CancelMigration(migration.id)):
            call.session.waiting.until(lambda: call.state.migrations[migration.id].phase.is_over, _CANCELING)


def _answered(call: Call, command: Command) -> bool:
    """Give a command and wait for its answer, for 100 looks at most; whether it was accepted."""
    operation = call.workspace.submit(command)
    for _ in range(100):
        if operation.verdict is not None:
            break
        call.session.wait()
    return bool(operation.verdict)
