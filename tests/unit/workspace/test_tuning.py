from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import pytest

from fcm.backend.base import Capabilities
from fcm.migration.forecast.outlook import Verdict
from fcm.model.commands import LiveMigrate, TuneMigration
from fcm.model.migrations import MigrationKind, MigrationOptions
from fcm.model.telemetry import Phase
from fcm.workspace.tuning import Advice, advice, may_post_copy, may_tune
from tests.unit.window.course_by_hand import migration, outlook, state

if TYPE_CHECKING:
    from fcm.migration.forecast.outlook import Outlook
    from fcm.model.migrations import Migration
    from fcm.workspace.workspace import Workspace

NEVER = (math.inf,) * 3
REASON = "About 96 MiB are dirtied again while as much is sent."


class Opened:
    """As much of a workspace as advice needs."""

    def __init__(self, one: Migration, *, late_post_copy: bool = False, able: type = TuneMigration) -> None:
        self.state = state(one)
        self.capabilities = Capabilities(frozenset({able}), "Real hosts cannot do that.", late_post_copy)


def stuck(**more: Any) -> Outlook:
    return outlook(NEVER, NEVER, Verdict.WILL_NOT_CONVERGE, reason=REASON, **more)


def told(ahead: Outlook | None, options: MigrationOptions | None = None, **how: Any) -> Advice:
    one = migration(options=options or MigrationOptions())
    found = advice(cast("Workspace", Opened(one, **how)), one, ahead)
    return Advice(found.sentence.replace("\N{NO-BREAK SPACE}", " "), found.helps)


def words(found: Advice) -> list[str]:
    return [one.text.replace("\N{NO-BREAK SPACE}", " ") for one in found.helps]


def test_a_migration_that_converges_needs_no_advice() -> None:
    assert told(outlook()) == Advice()
    assert told(None) == Advice()


def test_what_would_help_is_a_command_with_its_number_rounded_up() -> None:
    found = told(stuck(enough_limit=0.812))
    assert words(found) == ["Raise the downtime limit to 850 ms"]
    assert found.helps[0].command == TuneMigration("m1", downtime_limit=0.85)
    assert found.sentence == (
        f"{REASON} Raise the downtime limit to 850 ms. Auto-converge can be chosen only at the start: cancel, and "
        "start again with it."
    )


def test_a_bandwidth_is_offered_only_where_a_limit_was_set_that_the_network_lets_be_raised() -> None:
    ahead = stuck(enough_bandwidth=60e6)
    assert words(told(ahead)) == []
    found = told(ahead, MigrationOptions(bandwidth=20_000_000))
    assert words(found) == ["Raise the bandwidth to 504 Mbit/s"]
    assert found.helps[0].command == TuneMigration("m1", bandwidth=63_000_000)
    assert words(told(stuck(enough_bandwidth=600e6), MigrationOptions(bandwidth=20_000_000))) == []


def test_a_bandwidth_carries_all_that_is_dirtied_again_or_is_not_offered() -> None:
    slow = MigrationOptions(bandwidth=20_000_000)
    within = told(stuck(enough_bandwidth=60e6, enough_limit=1.2), slow)
    assert "Raise the bandwidth to 640 Mbit/s" in words(within)
    beyond_the_network = told(stuck(enough_bandwidth=60e6, enough_limit=3.0), slow)
    assert words(beyond_the_network) == ["Raise the downtime limit to 3 s"]


def test_post_copy_is_offered_where_the_hosts_are_prepared_for_it_and_its_danger_is_said() -> None:
    assert words(told(stuck())) == []
    for found in (told(stuck(), MigrationOptions(post_copy=True)), told(stuck(), late_post_copy=True)):
        assert words(found) == ["Switch to post-copy now"]
        assert found.helps[0].dangerous
        assert "the machine is lost" in found.helps[0].consequence


def test_a_limit_that_no_guest_could_bear_is_not_offered() -> None:
    found = told(stuck(enough_limit=12.0))
    assert words(found) == []
    assert "Nothing that can be changed now would help" in found.sentence


def test_a_blackout_longer_than_the_limit_is_said_and_post_copy_would_shorten_it() -> None:
    found = told(outlook(blackout=(1.9, 2.1, 2.4)), MigrationOptions(post_copy=True))
    assert found.sentence.startswith("The guest would be stopped for about 2.1 s, longer than the limit of 300 ms")
    assert words(found) == ["Switch to post-copy now"]


def test_nothing_is_offered_that_the_backend_cannot_do() -> None:
    found = told(stuck(enough_limit=0.8), able=LiveMigrate)
    assert words(found) == []


def test_guesses_before_the_first_pass_is_over_are_no_ground_for_advice() -> None:
    assert told(stuck(enough_limit=0.8, assumed=True)) == Advice()


@pytest.mark.parametrize(
    ("phase", "kind", "reason"),
    [
        (Phase.WAITING, MigrationKind.LIVE, "once memory is being copied"),
        (Phase.BLACKOUT, MigrationKind.LIVE, "The memory has been sent"),
        (Phase.COMPLETED, MigrationKind.LIVE, "Only a live migration in progress"),
        (Phase.BROWNOUT, MigrationKind.QUICK, "Only a live migration in progress"),
    ],
)
def test_options_can_be_changed_while_memory_is_copied_and_only_then(
    phase: Phase, kind: MigrationKind, reason: str
) -> None:
    one = migration(phase, kind=kind)
    assert reason in may_tune(cast("Workspace", Opened(one)), one).reason
    assert reason in may_post_copy(cast("Workspace", Opened(one, late_post_copy=True)), one).reason
