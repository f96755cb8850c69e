"""Runs of migrations on hosts that a test plays."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fcm.backend.libvirt.configuration.hosts_file import Host
from fcm.backend.libvirt.moves import migration as moves
from fcm.backend.libvirt.moves import outcome, post_copy
from fcm.backend.libvirt.moves.migration import MigrationRun
from fcm.backend.libvirt.moves.outcome import Whereabouts
from fcm.backend.libvirt.paths.probe import Answer
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.rules.verdict import OK
from fcm.model.telemetry import FinalFigures, Phase
from tests.unit.hosts.staged_runs import LIBVIRT, Domain, Stage, Staged, job

RUNS, STANDS, POST_COPY = (1, 1), (3, 2), (3, 12)
OUT = 6


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> Staged:
    monkeypatch.setattr(moves, "load_libvirt", lambda: LIBVIRT)
    monkeypatch.setattr(outcome, "load_libvirt", lambda: LIBVIRT)
    monkeypatch.setattr(post_copy, "load_libvirt", lambda: LIBVIRT)
    monkeypatch.setattr(post_copy, "RESUME_EVERY", 0.001)
    monkeypatch.setattr(moves, "processor_verdict", lambda *_: OK)
    monkeypatch.setattr(moves, "watch_connect", lambda *_: None)
    monkeypatch.setattr(moves, "POLL_EVERY", 0.001)
    figures = FinalFigures(2.0, 0.1, 5000, 3)
    monkeypatch.setattr(moves, "final_figures", lambda *_: (outcome.telemetry_row(job(5000), Phase.COMPLETED), figures))

    def make(domain: Domain | None = None, ends: str | Whereabouts = "node2", **more: Any) -> Stage:
        domain = domain or Domain()
        told: list[Any] = []
        where = Whereabouts(node=ends) if isinstance(ends, str) else ends
        reached: dict[str, bool] = {}
        options = more.pop("options", MigrationOptions())
        tls_name = more.pop("tls_name", None)
        source, destination = (
            SimpleNamespace(
                host=Host(name, "qemu:///system", f"qemu+ssh://{name}/system", {}, None, (), None, tls_name),
                domain=lambda _: domain,
                answers=lambda _limit: True,
                forget_completed=lambda _: None,
            )
            for name in ("node1", "node2")
        )
        move = Migration("m1", MigrationKind.LIVE, "web", "node1", "node2", options, Phase.SETUP, 0.0)
        reporter = SimpleNamespace(post=lambda *events: told.extend(events), found_endless=lambda *_: None)
        networks = [("n1", "Migration", "10.1.0.2"), ("n2", "Management", "10.0.0.2")]
        run = MigrationRun(
            move,
            source,  # type: ignore[arg-type]
            destination,  # type: ignore[arg-type]
            networks,
            reporter,  # type: ignore[arg-type]
            **{"unsafe": False, "qemu": "QEMU 7.2.0", **more},
        )
        monkeypatch.setattr(moves, "whereabouts", lambda *_: where)

        def probe(_host: Host, address: str) -> tuple[Answer, str]:
            answers = reached.get(address, True)
            return Answer(answers, "answered" if answers else "no answer within 2 s", 0.25), "from node1"

        monkeypatch.setattr(moves, "probe_from", probe)
        monkeypatch.setattr(post_copy, "probe_from", probe)
        return Stage(domain, run, told, where, reached)

    return make
