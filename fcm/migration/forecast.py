"""What a running migration will do next, from its telemetry alone.

How it is used::

    forecast = Forecast(memory=8 << 30, bandwidth=125e6, downtime_limit=0.3)
    forecast.update(row)              # every TelemetryRow, cheap
    view = forecast.view()            # Outlook: band ahead, end, blackout, verdict, progress

The guest's writing is not known, only what each reading of the dirty log found: pairs of a window's length and the
bytes dirtied in it. Distinct pages grow with time t as D(t) = c t / (1 + (t / t0)^s)^(1/s): c t while nothing repeats,
then flattening around t0, sharply (large s: a working set, sharpest where it is swept) or slowly (small s: a long
tail). For each (t0, s) of a grid the pairs give c with its error and a likelihood, older passes weighing less. Members
are drawn from the grid by weight, always at the same quantiles, and carried through the hypervisor's rules pass by pass
(``passes_ahead``); the band is what 80 % of them do. Before the first reading nothing is known: the members then follow
published factors of bytes sent over memory (see PRIOR_EXTRA), and the outlook says that it is assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fcm.migration.outlook import Floats, Interval, Outlook, Verdict
from fcm.migration.passes_ahead import Growth, Track, carry_on
from fcm.migration.policies import QEMU_7_2, LogWindow, StoppingRule
from fcm.model.telemetry import Phase, TelemetryRow

PRIOR_EXTRA = (0.0, 0.45)
"""10 % and 90 % point of what is sent beyond the memory once, over the memory, where nothing is known: idle guests 0;
1.20, 1.25 and 1.37 in Clark et al. 2005; 1.37 in KubeVirt's series of 2025 (enhancements#249)."""
_TIMES, _SHARPNESS = (
    x.ravel() for x in np.meshgrid(np.geomspace(0.2, 400.0, 18), np.array([0.5, 1.0, 2.0, 8.0]), indexing="ij")
)
"""The grid of (t0, s): every t0 equally likely in logarithm, every s alike."""
PAIR_ERROR = 0.12
"""Standard deviation of the logarithm of a pair around the growth law."""
LINE_ERROR = 0.25
"""Standard deviation of the logarithm of the rate of the last copy, which nothing has shown before it."""
RATE_ERROR = 0.02
"""Least relative standard deviation of the bandwidth ahead."""
FIRST_PAIR_ERROR = 0.25
"""The same for the first pass, over which pages are not logged equally long (see ``passes``)."""
FORGETTING = 0.75
"""Weight of a pair against the next younger one."""
_MEMBERS = 15
"""Of 15 members at (k + 1/2) / 15 the second and the last but one stand at 10 % and 90 %."""
FIXED_SPREAD = (0.2, 4.0)
"""Least and largest factor on the fixed part of the blackout. Of 10 ms they make 2 to 40: the blackouts of five idle
guests, 10 to 46 ms, less the 4 to 8 ms in which their last pages are copied. Set with these recordings in sight."""
_FIXED = np.geomspace(*FIXED_SPREAD, _MEMBERS)[(np.arange(_MEMBERS) * 7) % _MEMBERS]
"""One factor a member, in no relation to the others' order."""
_PHASE = ((np.arange(_MEMBERS) * 4 + 2) % _MEMBERS + 0.5) / _MEMBERS
"""Share of the running window that is still ahead, one a member: rows are read at any instant of a window."""
_LAST_PHASE = np.roll(_PHASE, 3)
"""The same of the window in which the guest is suspended, where it is not reckoned pass by pass."""


@dataclass(frozen=True, slots=True)
class _Why:
    """Why a migration may not end, and what would let it: in words and in s and bytes/s."""

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
    ) -> None:
        """Prepares a forecast.

        Args:
            memory: bytes of guest memory.
            bandwidth: limit in bytes/s, 0 where there is none; what is really reached is learnt from the rows.
            downtime_limit: s; ``None`` for the rule's default.
            rule: the hypervisor's stopping rule.
            line_rate: bytes/s of the last copy, which no limit holds; ``None``: as fast as the rest.
            fixed_downtime: s of blackout beyond the last pages (an assumption; its spread is FIXED_SPREAD).
            auto_converge: True if the guest will be slowed when it dirties too fast.
        """
        self.memory = memory
        self.bandwidth = bandwidth
        self.downtime_limit = rule.downtime_limit if downtime_limit is None else downtime_limit
        self.rule = rule
        self.line_rate = line_rate
        self.fixed_downtime = fixed_downtime
        self.auto_converge = auto_converge
        self._last: TelemetryRow | None = None
        self._pass_begin = 0.0
        self._pairs: list[tuple[float, float, float]] = []
        self._rates: list[tuple[float, float]] = []
        self._falls: list[tuple[float, int, int]] = []
        self._progress = 0.0
        self._stopped_at: float | None = None
        self._throttle = 0
        grid = (np.arange(_MEMBERS) + 0.5) / _MEMBERS
        # A lattice fills the plane of (level, shape, bandwidth) evenly and is the same in every forecast.
        self._level = _normal_quantile(grid)
        self._speed = _normal_quantile(np.mod(grid * 11 + 0.57, 1.0))
        self._uniform = grid
        self._line = np.exp(LINE_ERROR * np.roll(self._level, 4))

    def set_downtime_limit(self, seconds: float) -> None:
        """Takes over a limit changed while the migration runs."""
        self.downtime_limit = seconds

    def set_bandwidth(self, limit: float) -> None:
        """Takes over a bandwidth limit changed while the migration runs (bytes/s)."""
        self.bandwidth = limit
        self._rates.clear()

    def update(self, row: TelemetryRow) -> None:
        """Takes one row of telemetry. Rows older than the last are ignored."""
        last = self._last
        if last is not None and row.time < last.time:
            return
        if row.phase is Phase.BLACKOUT and self._stopped_at is None:
            self._stopped_at = row.time
        if last is None or last.pass_number == 0:
            self._pass_begin = row.time
        elif row.pass_number > last.pass_number:
            moved = max(row.sent - last.sent, 0)
            before = max(last.remaining - moved, 0)
            found = max(row.remaining - before, 0)
            window = max(row.time - self._pass_begin, 1e-3)
            passes = row.pass_number - last.pass_number
            error = PAIR_ERROR
            if last.pass_number == 1:
                window *= self._exposure()
                error = FIRST_PAIR_ERROR
            if row.phase is Phase.BROWNOUT and passes >= 1:
                self._pairs.append((window / passes, max(found / passes, row.page_size / 2), error))
                del self._pairs[:-12]
            self._pass_begin = row.time
            self._falls.clear()
        if row.pass_number == 1:
            self._falls.append((row.time, row.remaining, row.sent))
            while len(self._falls) > 4 and self._falls[0][0] < row.time - 3.0:
                self._falls.pop(0)
        if last is not None and row.time > last.time and row.phase is Phase.BROWNOUT:
            self._rates.append((row.time, (row.sent - last.sent) / (row.time - last.time)))
            while len(self._rates) > 4 and self._rates[0][0] < row.time - 3.0:
                self._rates.pop(0)
        self._throttle = row.throttle
        self._last = row

    def view(self) -> Outlook:
        """The outlook after the last row. Without a row it is empty and unknown."""
        row = self._last
        if row is None or row.phase.is_over or row.phase is Phase.WAITING:
            return self._standing(row)
        if row.phase not in (Phase.BROWNOUT, Phase.SETUP):
            return self._ending(row)
        rate = self._rate()
        if rate <= 0:
            return self._stalled(row)
        speed = np.maximum(rate * (1.0 + self._speed * self._rate_error(rate)), rate * 0.2)
        growth = self._members(rate)
        if not self._pairs:
            return self._outlook(row, rate, speed, self._published(row, speed), growth)
        track = carry_on(
            remaining=float(row.remaining) * self._on_the_wire(),
            since=row.time - self._pass_begin,
            speed=speed,
            growth=growth,
            limit=self.downtime_limit,
            rule=self.rule,
            throttle=self._throttle if self.auto_converge else None,
            throttled=self._throttle,
            memory=float(self.memory),
            phase=_PHASE,
            passes=max(row.pass_number, 1),
        )
        return self._outlook(row, rate, speed, track, growth)

    # What the rows taught -----------------------------------------------------------------------------------------

    def _exposure(self) -> float:
        """Share of the first pass over which an average page is logged: chunks are protected one after another."""
        if self.rule.log_window is not LogWindow.CHUNK:
            return 1.0
        chunks = max(1.0, self.memory / (1 << 30))
        return (chunks + 1.0) / (2.0 * chunks)

    def _rate(self) -> float:
        """Bytes/s expected ahead: what the last seconds reached, at first the limit."""
        if len(self._rates) >= 3:
            return float(np.mean([r for _, r in self._rates]))
        row = self._last
        if row is not None and row.rate > 0:
            return row.rate if self.bandwidth <= 0 else min(row.rate, self.bandwidth)
        return self.bandwidth

    def _rate_error(self, rate: float) -> float:
        if len(self._rates) < 5:
            return 2 * RATE_ERROR
        spread = float(np.std([r for _, r in self._rates])) / rate / math.sqrt(len(self._rates))
        return min(max(RATE_ERROR, spread), 0.3)

    def _on_the_wire(self) -> float:
        """Bytes sent for a byte of what remains in the first pass; zero pages count full there and cost little."""
        if len(self._falls) < 3:
            return 1.0
        fallen = self._falls[0][1] - self._falls[-1][1]
        sent = self._falls[-1][2] - self._falls[0][2]
        return min(max(sent / fallen, 0.05), 1.0) if fallen > 0 else 1.0

    def _published(self, row: TelemetryRow, speed: Floats) -> Track:
        """The way to the end where nothing is known of the guest: so much is sent in all as published runs needed."""
        extra = PRIOR_EXTRA[0] + (PRIOR_EXTRA[1] - PRIOR_EXTRA[0]) * np.clip((self._uniform - 0.1) / 0.8, 0, 1.4)
        rest = row.remaining * self._on_the_wire()
        rule = self.rule
        threshold = speed * self.downtime_limit if rule.threshold_from_downtime else 4096.0 * (rule.stop_pages or 1)
        target = threshold if rule.early_sync else 0.0
        first = np.maximum(rest - target, 0.0) / speed + _PHASE * rule.window
        end = first + extra * self.memory / speed
        zero = np.zeros(_MEMBERS)
        # The last reading falls anywhere within the window in which less than the threshold is left.
        last = np.maximum(threshold - speed * rule.window * _LAST_PHASE, 0.0)
        again = extra / (1.0 + extra) * self.memory
        return Track(
            np.array([first, first + 1e-6, end + 2e-6]),
            np.array([zero, again, zero]),
            np.ones(_MEMBERS, bool),
            end,
            last,
        )

    def _members(self, rate: float) -> Growth:
        """How the bytes dirtied grow with time, for each member."""
        if not self._pairs:
            extra = PRIOR_EXTRA[0] + (PRIOR_EXTRA[1] - PRIOR_EXTRA[0]) * np.clip((self._uniform - 0.1) / 0.8, 0, 1.4)
            pick = (np.arange(_MEMBERS) * 11 % _MEMBERS + 0.5) / _MEMBERS * len(_TIMES)
            index = pick.astype(np.int64)
            # A first pass that dirties the share d of memory is followed by about d + d^2 ... = d / (1 - d).
            growth = Growth(np.zeros(_MEMBERS), _TIMES[index], _SHARPNESS[index])
            found = np.maximum(extra / (1.0 + extra) * self.memory, 4096.0)
            whole = max(self.memory / rate, 1e-3)
            return Growth(np.log(found / growth.distinct(np.full(_MEMBERS, whole))), growth.time, growth.sharpness)
        windows, found, errors = np.array(self._pairs).T
        weight = FORGETTING ** np.arange(len(windows) - 1, -1, -1) / errors**2
        ratio = (windows[None, :] / _TIMES[:, None]) ** _SHARPNESS[:, None]
        unit = np.log(windows) - np.log1p(ratio) / _SHARPNESS[:, None]
        rest = np.log(found) - unit
        total = weight.sum()
        centre = rest @ weight / total
        misfit = ((rest - centre[:, None]) ** 2) @ weight
        chance = np.exp(-0.5 * (misfit - misfit.min()))
        steps = np.cumsum(chance) / chance.sum()
        index = np.minimum(np.searchsorted(steps, self._uniform), len(_TIMES) - 1)
        return Growth(centre[index] + self._level / math.sqrt(total), _TIMES[index], _SHARPNESS[index])

    # Outlooks ------------------------------------------------------------------------------------------------------

    def _outlook(self, row: TelemetryRow, rate: float, speed: Floats, track: Track, growth: Growth) -> Outlook:
        line = speed if self.line_rate is None else np.full(_MEMBERS, self.line_rate)
        fixed = self.fixed_downtime * _FIXED
        line = line * self._line
        blackout = fixed + track.last / line
        end = np.where(track.ends, track.end + blackout, np.inf)
        eta = _interval(end)
        ending = blackout[track.ends] if track.ends.any() else np.array([math.inf])
        stuck = 1.0 - float(track.ends.mean())
        assumed = not self._pairs
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
        times = np.concatenate([np.zeros((1, _MEMBERS)), track.times])
        values = np.concatenate([np.full((1, _MEMBERS), float(row.remaining)), track.values])
        paths = np.empty((_MEMBERS, len(ahead)))
        for k in range(_MEMBERS):
            paths[k] = np.interp(ahead, times[:, k], values[:, k])
            if track.ends[k]:
                paths[k, ahead >= end[k]] = 0.0
        paths.sort(axis=0)
        low, mid, high = paths[_MEMBERS // 10], paths[_MEMBERS // 2], paths[-1 - _MEMBERS // 10]
        return Outlook(
            row.time + ahead,
            low,
            mid,
            high,
            eta,
            _interval(ending),
            verdict,
            why.reason,
            why.remedies,
            self._advance(row.time, eta.mid, rate),
            assumed,
            why.limit,
            why.bandwidth,
        )

    def _advance(self, now: float, ahead: float, rate: float) -> float:
        if not math.isfinite(ahead):
            ahead = self.memory / rate + now
        share = now / (now + ahead) if now + ahead > 0 else 0.0
        self._progress = max(self._progress, min(share, 0.99))
        return self._progress

    def _why(self, verdict: Verdict, rate: float, track: Track, growth: Growth) -> _Why:
        if verdict is Verdict.CONVERGING:
            return _Why()
        carried = rate * self.downtime_limit
        if not self._pairs:
            return _Why(
                "The dirty log has not been read yet: how fast the guest writes will be known after the first pass."
            )
        # What speaks against an end is told by the members that do not reach one.
        stuck = ~track.ends if not track.ends.all() else track.ends
        left = float(np.median(track.values[-1][stuck]))
        dirty = float(np.median(growth.distinct(np.ones(_MEMBERS))[stuck]))
        text = (
            f"About {_mib(left)} are dirtied again while as much is sent ({_mib(dirty)} in a second against "
            f"{_mib(rate)} sent), and {self.downtime_limit * 1000:.0f} ms carry only {_mib(carried)}."
        )
        if verdict is Verdict.UNKNOWN:
            text = "It is close: " + text.replace("About", "as many as", 1).replace("are dirtied", "may be dirtied", 1)
        need = left * 1.1 / rate
        remedies = []
        if need > self.downtime_limit:
            remedies.append(f"raise the downtime limit to {math.ceil(need * 100) * 10} ms")
        faster = _bandwidth_for(growth, self.downtime_limit)
        if faster is not None and faster > 1.05 * rate:
            remedies.append(f"allow {_mib(faster)}/s")
        if not self.auto_converge:
            remedies.append("switch on auto-converge, which slows the guest")
        remedies.append("switch to post-copy")
        limit = need if need > self.downtime_limit else None
        return _Why(text, tuple(remedies), limit, faster if faster is not None and faster > rate else None)

    def _standing(self, row: TelemetryRow | None) -> Outlook:
        now = row.time if row is not None else 0.0
        done = row is not None and row.phase is Phase.COMPLETED
        if done:
            self._progress = 1.0
        none = Interval(0.0, 0.0, 0.0) if done else Interval(math.inf, math.inf, math.inf)
        empty = np.array([now])
        rest = np.array([float(row.remaining) if row is not None and not done else 0.0])
        verdict = Verdict.CONVERGING if done else Verdict.UNKNOWN
        return Outlook(empty, rest, rest, rest, none, none, verdict, "", (), self._progress, not self._pairs)

    def _ending(self, row: TelemetryRow) -> Outlook:
        """Blackout and after: what remains goes at the line's rate."""
        line = self.line_rate or max(self._rate(), 1.0)
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
            "Nothing is being sent: the network of the live migration does not carry data.",
            ("restore the link or cancel the migration",),
            self._progress,
            not self._pairs,
        )


def _bandwidth_for(growth: Growth, limit: float) -> float | None:
    """bytes/s at which what is dirtied within the downtime limit fits into it, with a fifth to spare."""
    if limit <= 0:
        return None
    found = float(np.median(growth.distinct(np.full(len(growth.level), limit))))
    return 1.2 * found / limit


def _interval(values: Floats) -> Interval:
    ordered = np.sort(values)
    edge = len(ordered) // 10
    return Interval(float(ordered[edge]), float(ordered[len(ordered) // 2]), float(ordered[-1 - edge]))


def _mib(size: float) -> str:
    return f"{size / (1 << 20):,.0f} MiB" if size >= 10 << 20 else f"{size / (1 << 20):.1f} MiB"


def _normal_quantile(p: Floats) -> Floats:
    """Quantile of the standard normal distribution, by bisection on erf (only at construction)."""
    low, high = np.full(len(p), -8.0), np.full(len(p), 8.0)
    for _ in range(50):
        mid = (low + high) / 2
        below = np.array([0.5 * (1 + math.erf(x / math.sqrt(2))) for x in mid]) < p
        low, high = np.where(below, mid, low), np.where(below, high, mid)
    middle: Floats = (low + high) / 2
    return middle
