"""What a running migration will do next, from its telemetry alone.

How it is used::

    forecast = Forecast(memory=8 << 30, bandwidth=125e6, downtime_limit=0.3)
    forecast.update(row)              # every TelemetryRow, cheap
    view = forecast.view()            # Outlook: band ahead, end, blackout, verdict, progress

The guest's writing is not known, only what each reading of the dirty log found. Members of a growth law are drawn by
how well they fit that (``growth``), always at the same quantiles, and carried through the hypervisor's rules pass by
pass (``passes_ahead``); the band is what 80 % of them do. Before the first reading nothing is known: the members then
follow published factors of bytes sent over memory (see ``members``), and the outlook says that it is assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.policies import QEMU_7_2, StoppingRule
from fcm.migration.forecast.ensemble import (
    EXTRA,
    LAST_PHASE,
    LEVEL,
    LINE,
    MEMBERS,
    NOISE,
    PHASE,
    PICK,
    ROOM,
    SPEED,
    TAIL,
    fixed_factors,
)
from fcm.migration.forecast.first_pass import HostFacts, ahead_of, pending_of
from fcm.migration.forecast.growth import Growth, Pair, learn
from fcm.migration.forecast.outlook import Interval, Outlook, Verdict
from fcm.migration.forecast.passes_ahead import Track, carry_on
from fcm.migration.forecast.ranks import BLACKOUTS, ENDS, UNKNOWN, between, situation_of
from fcm.migration.forecast.readings import Readings
from fcm.model.telemetry import Phase, TelemetryRow

if TYPE_CHECKING:
    from fcm.migration.arrays import Floats

REACHED = 0.97
"""Share of the limit below which something is taken to have kept the first pass from it (as in ``validation``)."""
SWING = 0.2
"""Most by which a window of real hosts looks faster than the rate of the last seconds."""
SHOWN = 0.3
"""Share of the error of the last copy's rate that is left where the network was seen at work."""


@dataclass(frozen=True, slots=True)
class _Why:
    """Why a migration may not converge, and remedies: as text, and in s and bytes/s."""

    reason: str = ""
    remedies: tuple[str, ...] = ()
    limit: float | None = None
    bandwidth: float | None = None


class Forecast:
    """Forecast of one migration, fed row by row."""

    def __init__(
        self,
        memory: int,
        bandwidth: float = 0.0,
        downtime_limit: float | None = None,
        rule: StoppingRule = QEMU_7_2,
        line_rate: float | None = None,
        fixed_downtime: float = 0.010,
        auto_converge: bool = False,
        late: float = 0.0,
        host: HostFacts | None = None,
    ) -> None:
        """Prepares a forecast.

        Args:
            memory: bytes of guest memory.
            bandwidth: limit in bytes/s, 0 where there is none; what is really reached is derived from the rows.
            downtime_limit: s; ``None`` for the rule's default.
            rule: the hypervisor's stopping rule.
            line_rate: bytes/s of the last copy, which no limit holds; ``None``: as fast as the rest.
            fixed_downtime: s of blackout beyond the last pages (an assumption; its spread is ``members.FIXED_SPREAD``).
            late: bytes by which several connections make a window look faster (``MigrationSpec.late``).
            host: what is known of a machine on real hosts; None for all others.
            auto_converge: True if the guest will be slowed when it dirties too fast.
        """
        self.memory = memory
        self.bandwidth = bandwidth
        self.downtime_limit = rule.downtime_limit if downtime_limit is None else downtime_limit
        self.rule = rule
        self.line_rate = line_rate
        self.fixed_downtime = fixed_downtime
        self.auto_converge = auto_converge
        self.late = late
        self.host = host
        self._earlier = host.earlier if host is not None else None
        self._seen = Readings(memory, rule, sampled=host is not None)
        self._growth: Growth | None = None
        self.members: tuple[Floats, Floats] | None = None
        """s from the newest row to the end and of the blackout, of each member of the newest outlook."""
        self._progress = 0.0
        self._stopped_at: float | None = None

    def set_downtime_limit(self, seconds: float) -> None:
        """Takes over a limit changed while the migration runs."""
        self.downtime_limit = seconds

    def set_bandwidth(self, limit: float) -> None:
        """Takes over a bandwidth limit changed while the migration runs (bytes/s, 0 where there is none any more)."""
        self.bandwidth = limit
        self._seen.limited_anew()

    def set_host(self, host: HostFacts) -> None:
        """Takes over what is known of the machine by now, of one that was begun with what was known then."""
        self.host, self._earlier = host, host.earlier

    def update(self, row: TelemetryRow) -> None:
        """Takes one row of telemetry. Rows older than the last are ignored."""
        last = self._seen.last
        if last is not None and row.time < last.time:
            return
        if row.phase is Phase.BLACKOUT and self._stopped_at is None:
            self._stopped_at = row.time
        if self._seen.update(row, self._seen.rate(self.bandwidth) * self.downtime_limit):
            self._growth = None

    def view(self) -> Outlook:
        """The outlook after the last row. Without a row it is empty and unknown."""
        row = self._seen.last
        if row is None or row.phase.is_over or row.phase is Phase.WAITING:
            return self._standing(row)
        if row.phase not in (Phase.BROWNOUT, Phase.SETUP):
            return self._ending(row)
        rate = self._seen.rate(self.bandwidth)
        if rate < 1.0:
            return self._stalled(row)
        speed = np.maximum(rate * (1.0 + SPEED * self._seen.rate_error(rate)), rate * 0.2)
        later = self._later(speed)
        pairs = self._pairs()
        if not pairs:
            return self._outlook(row, rate, speed, self._published(row, speed, later), None)
        if self._growth is None:
            slowed = self.auto_converge or any(pair.throttle for pair in pairs)
            self._growth = learn(pairs, PICK, LEVEL, slowed)
        growth = self._growth
        ahead, zero = self._ahead(row, later)
        track = carry_on(
            remaining=ahead,
            since=row.time - self._seen.pass_begin,
            speed=later,
            growth=growth,
            limit=self.downtime_limit,
            rule=self.rule,
            throttling=self._seen.throttling if self.auto_converge else None,
            throttle=row.throttle,
            memory=float(self.memory),
            phase=PHASE,
            passes=max(row.pass_number, 1),
            noise=NOISE,
            clock=row.time,
            late=self.late / self.rule.window + self._swing(later),
            zero=zero,
        )
        return self._outlook(row, rate, later, track, growth)

    # What is expected of the guest --------------------------------------------------------------------------------

    def _pairs(self) -> list[Pair]:
        """What readings of the dirty log found, those of the last migration of the machine first."""
        if self._earlier is None:
            return self._seen.pairs
        return [replace(pair, earlier=True) for pair in self._earlier.pairs] + self._seen.pairs

    def _ahead(self, row: TelemetryRow, speed: Floats) -> tuple[Floats, Floats]:
        """[M] bytes that count as remaining in the running pass, less the zero pages that cost nothing before it ends.

        And [M] bytes of zero pages that still count when it ends: by then less than the threshold remains.
        """
        whole = np.full(MEMBERS, float(row.remaining))
        if self.host is None or row.pass_number > 1:
            return whole, np.zeros(MEMBERS)
        ahead = ahead_of(row, self._seen.on_the_wire(), self.host, self.memory)
        if not (self.rule.early_sync and self.rule.threshold_from_downtime):
            return ahead, np.zeros(MEMBERS)
        counted = np.minimum(speed * self.downtime_limit, whole)
        pending = pending_of(counted, ahead, row, self.host)
        return np.minimum(ahead - pending + counted, whole), counted - pending

    # What is expected of the network ------------------------------------------------------------------------------

    def _later(self, speed: Floats) -> Floats:
        """[M] bytes/s after the first pass.

        In the first pass the destination has to find memory for every page (30 to 148 ms/GiB on a host of one's own,
        cloud-hypervisor#8899; far more on a busy one), afterwards it is there: a first pass below the limit tells
        nothing but that the rest goes at its rate or faster, up to the limit.
        """
        if (self._seen.first_rate > 0 and self._seen.is_rate_known) or self.bandwidth <= 0:
            return speed
        later: Floats = speed + np.maximum(self.bandwidth - speed, 0.0) * ROOM
        return later

    def _swing(self, speed: Floats) -> Floats:
        """[M] bytes/s by which the window that ends a pass looks faster on real hosts: the fastest of several does."""
        swing: Floats = speed * SWING * TAIL if self.host is not None else np.zeros(MEMBERS)
        return swing

    def _last_copy(self, rate: float, line: float) -> Floats:
        """[M] bytes/s of the last copy.

        What kept the first pass below its limit may hold the last copy too, if it was not the destination's memory
        alone: it then runs at anything between the rate reached and the line's, alike in logarithm.
        """
        reached = self._seen.first_rate or rate
        if self.bandwidth <= 0 or reached >= REACHED * self.bandwidth or reached >= line:
            return np.full(MEMBERS, line)
        held: Floats = reached * (line / reached) ** ROOM
        return held

    def _published(self, row: TelemetryRow, speed: Floats, later: Floats) -> Track:
        """The way to the end where nothing is known of the guest: so much is sent in all as published runs needed."""
        host = self.host
        rest = np.full(MEMBERS, row.remaining * self._seen.on_the_wire())
        size, zero_pages = np.full(MEMBERS, float(self.memory)), np.zeros(MEMBERS)
        if host is not None:
            rest, zero_pages = self._ahead(row, later)
            size = rest - zero_pages + row.sent
        rule = self.rule
        faster = later + self.late / rule.window + self._swing(later)
        threshold = faster * self.downtime_limit if rule.threshold_from_downtime else 4096.0 * (rule.stop_pages or 1)
        target = threshold if rule.early_sync else 0.0
        first = np.maximum(rest - target, 0.0) / speed + PHASE * rule.window
        end = first + EXTRA * size / later
        zero = np.zeros(MEMBERS)
        # The last reading falls anywhere within the window in which less than the threshold is left.
        last = np.maximum(threshold - later * rule.window * LAST_PHASE, 0.0)
        if host is not None:
            # A guest that writes little leaves little, but for what the first pass did not reach.
            last = np.minimum(
                last,
                EXTRA * size + np.maximum(np.minimum(rest, threshold) - zero_pages, 0.0),
            )
        again = EXTRA / (1.0 + EXTRA) * size
        return Track(
            np.array([first, first + 1e-6, end + 2e-6]),
            np.array([zero, again, zero]),
            np.ones(MEMBERS, bool),
            end,
            last,
        )

    # Outlooks ------------------------------------------------------------------------------------------------------

    def _outlook(
        self,
        row: TelemetryRow,
        rate: float,
        speed: Floats,
        track: Track,
        growth: Growth | None,
    ) -> Outlook:
        if self.line_rate is None:
            # Real hosts have shown the rate of their network by now; a limit, which the last copy has not, hides it.
            line = speed * (LINE if self.host is None else LINE**SHOWN)
        else:
            line = self._last_copy(rate, self.line_rate) * LINE
        fixed = self.fixed_downtime * fixed_factors(self.fixed_downtime)
        blackout = fixed + track.last / line
        end = np.where(track.ends, track.end + blackout, np.inf)
        # A share of guests is idle and ends at the earliest instant: a tenth left out there would cut them in two.
        ending = blackout[track.ends] if track.ends.any() else np.array([math.inf])
        eta, standing = self._intervals(end, ending, growth)
        stuck = 1.0 - float(track.ends.mean())
        assumed = growth is None
        if stuck >= 0.8 and not assumed:
            verdict = Verdict.WILL_NOT_CONVERGE
        elif stuck <= 0.2 and not assumed:
            verdict = Verdict.CONVERGING
        else:
            verdict = Verdict.UNKNOWN
        why = self._why(verdict, rate, track, growth)
        horizon = float(np.max(end[np.isfinite(end)], initial=0.0))
        horizon = horizon if horizon > 0 and stuck < 0.5 else float(np.median(track.times[-1]))
        ahead = np.linspace(0.0, max(horizon, 1.0), 61)
        low, mid, high = _band(float(row.remaining), track, end, ahead)
        return Outlook(
            row.time + ahead,
            low,
            mid,
            high,
            eta,
            standing,
            verdict,
            why.reason,
            why.remedies,
            self._advance(row.time, eta.mid, rate),
            assumed,
            why.limit,
            why.bandwidth,
            from_before=growth is not None and not self._seen.pairs,
        )

    def _intervals(self, end: Floats, blackout: Floats, growth: Growth | None) -> tuple[Interval, Interval]:
        """Of the end and of the blackout."""
        self.members = end, blackout
        if self.host is None:
            return _interval(end, from_first=growth is None), _interval(blackout)
        last = self._seen.last
        assert last is not None
        situation = situation_of(self._earlier is not None, last.pass_number, end, self.auto_converge)
        ranks, pauses = (known.get(situation, UNKNOWN) for known in (ENDS, BLACKOUTS))
        return between(np.sort(end), ranks), between(np.sort(blackout), pauses)

    def _advance(self, now: float, ahead: float, rate: float) -> float:
        if not math.isfinite(ahead):
            ahead = self.memory / rate + now
        share = now / (now + ahead) if now + ahead > 0 else 0.0
        self._progress = max(self._progress, min(share, 0.99))
        return self._progress

    def _why(self, verdict: Verdict, rate: float, track: Track, growth: Growth | None) -> _Why:
        if verdict is Verdict.CONVERGING:
            return _Why()
        carried = rate * self.downtime_limit
        if growth is None:
            return _Why("The dirty log has not been read yet. The dirty rate will be known after the first pass.")
        # What speaks against an end is reported by the members that do not reach one.
        stuck = ~track.ends if not track.ends.all() else track.ends
        left = float(np.median(track.values[-1][stuck]))
        dirty = float(np.median(growth.distinct(np.ones(MEMBERS))[stuck]))
        text = (
            f"The guest dirties about {_mib(left)} while the same amount is sent ({_mib(dirty)}/s dirtied, "
            f"{_mib(rate)}/s sent), but only {_mib(carried)} can be sent within the downtime limit of "
            f"{self.downtime_limit * 1000:.0f} ms."
        )
        if verdict is Verdict.UNKNOWN:
            text = "Convergence is uncertain. " + text.replace("dirties about", "may dirty up to", 1)
        need = left * 1.1 / rate
        remedies = []
        if need > self.downtime_limit:
            remedies.append(f"raise the downtime limit to {math.ceil(need * 100) * 10} ms")
        faster = _bandwidth_for(growth, self.downtime_limit)
        if faster is not None and faster > 1.05 * rate:
            remedies.append(f"raise the bandwidth to {_mib(faster)}/s")
        if not self.auto_converge:
            remedies.append("turn on auto-converge, which throttles the guest")
        remedies.append("switch to post-copy")
        limit = need if need > self.downtime_limit else None
        return _Why(
            text,
            tuple(remedies),
            limit,
            faster if faster is not None and faster > rate else None,
        )

    def _standing(self, row: TelemetryRow | None) -> Outlook:
        now = row.time if row is not None else 0.0
        done = row is not None and row.phase is Phase.COMPLETED
        if done:
            self._progress = 1.0
        none = Interval(0.0, 0.0, 0.0) if done else Interval(math.inf, math.inf, math.inf)
        empty = np.array([now])
        rest = np.array([float(row.remaining) if row is not None and not done else 0.0])
        verdict = Verdict.CONVERGING if done else Verdict.UNKNOWN
        return Outlook(
            empty,
            rest,
            rest,
            rest,
            none,
            none,
            verdict,
            "",
            (),
            self._progress,
            not self._seen.pairs,
        )

    def _ending(self, row: TelemetryRow) -> Outlook:
        """Blackout and after: what remains goes at the line's rate."""
        line = self.line_rate or max(self._seen.rate(self.bandwidth), 1.0)
        rest = row.remaining / line + self.fixed_downtime
        begun = self._stopped_at if self._stopped_at is not None else row.time
        time = np.array([row.time, row.time + rest])
        value = np.array([float(row.remaining), 0.0])
        standing = row.time - begun
        return Outlook(
            time,
            value,
            value,
            value,
            Interval(rest * 0.5, rest, rest * 2),
            Interval(standing + rest * 0.5, standing + rest, standing + rest * 2),
            Verdict.CONVERGING,
            "",
            (),
            self._advance(row.time, rest, line),
            False,
        )

    def _stalled(self, row: TelemetryRow) -> Outlook:
        flat = np.array([float(row.remaining)] * 2)
        never = Interval(math.inf, math.inf, math.inf)
        return Outlook(
            np.array([row.time, row.time + 60.0]),
            flat,
            flat,
            flat,
            never,
            never,
            Verdict.UNKNOWN,
            "No data is being sent over the live migration network.",
            ("restore the network connection or cancel the migration",),
            self._progress,
            not self._seen.pairs,
        )


def _bandwidth_for(growth: Growth, limit: float) -> float | None:
    """bytes/s at which what is dirtied within the downtime limit fits into it, with a fifth to spare."""
    if limit <= 0:
        return None
    found = float(np.median(growth.distinct(np.full(len(growth.rate), limit))))
    return 1.2 * found / limit


def _band(remaining: float, track: Track, end: Floats, ahead: Floats) -> tuple[Floats, Floats, Floats]:
    """10, 50 and 90 % points of what remains at the instants `ahead` (s from now); every third member is drawn."""
    shown = range(1, MEMBERS, 3)
    times = np.concatenate([np.zeros((1, MEMBERS)), track.times])
    values = np.concatenate([np.full((1, MEMBERS), remaining), track.values])
    paths = np.empty((len(shown), len(ahead)))
    for path, k in zip(paths, shown, strict=True):
        path[:] = np.interp(ahead, times[:, k], values[:, k])
        if track.ends[k]:
            path[ahead >= end[k]] = 0.0
    paths.sort(axis=0)
    edge = len(shown) // 10
    return paths[edge], paths[len(shown) // 2], paths[-1 - edge]


def _interval(values: Floats, from_first: bool = False) -> Interval:
    """80 % of the values: a tenth left out on either side, or a fifth above where the first is to be among them."""
    ordered = np.sort(values)
    edge = len(ordered) // 10
    low, high = (0, 2 * edge) if from_first else (edge, edge)
    return Interval(
        float(ordered[low]),
        float(ordered[len(ordered) // 2]),
        float(ordered[-1 - high]),
    )


def _mib(size: float) -> str:
    return f"{size / (1 << 20):,.0f} MiB" if size >= 10 << 20 else f"{size / (1 << 20):.1f} MiB"
