"""What a judgement is based on, in words: what was given, what was measured and what is assumed.

Nothing that a verdict rests on goes unsaid; every surface that shows a verdict prints these clauses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.migration.engine.policies import LogWindow
from fcm.migration.engine.specification import HOST_DOWNTIME, HOST_SPREAD, Capability
from fcm.model.quantities import rate, seconds, size
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.engine.specification import MigrationSpec
    from fcm.migration.judging.fitting import DirtySample
    from fcm.migration.judging.plan import Plan
    from fcm.migration.recordings.case import Case


FIXED = (0.3, 4.0)
"""Factors on the fixed blackout, the 0 % and 100 % point: small guests of QEMU need 10 to 45 ms."""


def fixed_spread(fixed: float) -> tuple[float, float]:
    """Factors on a fixed blackout of so many s: it varies less where it is that of hosts of libvirt."""
    return HOST_SPREAD if fixed >= HOST_DOWNTIME else FIXED


REACHED = (0.97, 1.0)
"""Share of the bandwidth that is reached: a host that reaches less is too busy to predict."""


def assumptions(plan: Plan, spec: MigrationSpec, samples: Sequence[DirtySample], drawn: bool) -> tuple[str, ...]:
    """The clauses of a judgement.

    Args:
        plan: what was judged.
        spec: the same as the engine had it.
        samples: measured dirty rates it rests on, if any.
        drawn: whether intervals were made, for which more is assumed.
    """
    fixed = plan.spec.fixed_downtime
    least, most = fixed_spread(fixed)
    spread = f", {seconds(fixed * least)} to {seconds(fixed * most)}" if drawn else ""
    out = [_bandwidth(plan, drawn), _last_copy(plan)]
    out.append(f"{seconds(fixed)} of blackout in addition to the last copy (assumed{spread})")
    out.append(f"the stopping rule of {plan.spec.rule.title}{_rule(plan, spec)}")
    whose = "given" if plan.spec.downtime_limit is not None else f"the default of {plan.spec.rule.title}"
    if plan.spec.rule.threshold_from_downtime:
        out.append(f"a downtime limit of {seconds(plan.spec.limit)} ({whose})")
    else:
        out.append("no downtime limit, because this hypervisor does not use one")
    out.append(_pages(spec))
    if samples and all(one.mib_per_s <= 0 for one in samples):
        out.append("a guest that writes nothing, as measured (QEMU rounds down to whole MiB/s)")
    elif samples and not any(one.exact for one in samples):
        out.append("dirty rates measured by page sampling, which are approximate")
    elif samples:
        out.append("dirty rates as measured")
    if Capability.XBZRLE in spec.capabilities:
        out.append(f"{spec.xbzrle_delta:.0f} bytes per page encoded by XBZRLE (assumed)")
    return tuple(out)


def _bandwidth(plan: Plan, drawn: bool) -> str:
    words = f", {plan.bandwidth_words}" if plan.bandwidth_words else ""
    reached = f", {REACHED[0] * 100:.0f} to {REACHED[1] * 100:.0f} % of it achieved (assumed)" if drawn else ""
    return f"a bandwidth of {rate(plan.spec.bandwidth)} (given{words}){reached}"


def _last_copy(plan: Plan) -> str:
    if plan.spec.line_rate is None:
        return "a last copy at the same bandwidth (assumed)"
    return f"a last copy at up to {rate(max(plan.spec.line_rate, 1.0))} ({plan.line_words})"


def _rule(plan: Plan, spec: MigrationSpec) -> str:
    chunked = plan.spec.rule.log_window is LogWindow.CHUNK and not spec.dirty_ring
    said = f" and KVM's dirty log in chunks of {size(4096 << spec.chunk_shift)} (assumed)" if chunked else ""
    if plan.spec.rule.max_passes is not None:
        said = f", which suspends the guest after at most {counted(plan.spec.rule.max_passes, 'pass', 'passes')}"
    return said


def _pages(spec: MigrationSpec) -> str:
    share = spec.workload.zero_share + sum(count for _, count in spec.workload.zero_ranges) * 4096 / spec.memory
    if share <= 0:
        return "8 bytes of overhead per 4 KiB page, no zero pages (assumed)"
    share = min(share, 1.0)
    zero = f"{share * 100:.0f} % zero pages, each found in {spec.zero_page_cost * 1e6:g} µs (assumed)"
    return f"8 bytes of overhead per 4 KiB page, {zero}"


def of_case(case: Case, spec: MigrationSpec, bandwidth_given: bool) -> tuple[str, ...]:
    """The clauses of a prediction from a case.

    Args:
        case: what was asked.
        spec: the same as the engine had it.
        bandwidth_given: True where another bandwidth than the case's was asked for.
    """
    out = []
    if spec.bandwidth_series:
        out.append("the bandwidth that this run achieved (measured)")
    else:
        whose = "given" if bandwidth_given else "of the case"
        out.append(f"a bandwidth of {rate(spec.bandwidth)} ({whose})")
    if spec.line_rate is None:
        out.append("a last copy at the same bandwidth (assumed)")
    else:
        out.append(f"a last copy at up to {rate(spec.line)} ({'of the laboratory' if case.laboratory else 'given'})")
    out.append(f"the stopping rule of {spec.rule.title}")
    out.insert(2, f"{seconds(spec.fixed_downtime)} of blackout in addition to the last copy (assumed)")
    if spec.rule.threshold_from_downtime:
        out.append(f"a downtime limit of {seconds(spec.limit)}")
    out.append(_pages(spec))
    if spec.workload.rate <= 0:
        out.append("a guest that writes nothing, so the migration converges")
    if case.laboratory:
        out.append("the guest of the laboratory")
    return tuple(out)
