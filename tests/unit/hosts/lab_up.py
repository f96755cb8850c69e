"""A lab that counts as up, as far as its record on this machine tells."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from fcm.backend.libvirt.configuration import lab_record
from fcm.lab.hosts_file import permitted_nodes
from fcm.lab.plan import LabFolders, LabPlan, make_plan

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def lab_is_up(folder: Path, monkeypatch: pytest.MonkeyPatch, plan: LabPlan | None = None) -> Path:
    """Let ``folder`` stand for /run with a lab that is up; the record of the lab."""
    folders = LabFolders()
    run, namespaces = folder / "run", folder / "netns"
    (run / "fcm-lab").mkdir(parents=True, mode=0o755)
    namespaces.mkdir()
    (namespaces / folders.namespace("client")).touch()
    record = run / "fcm-lab" / "lab.json"
    permits = permitted_nodes(plan or make_plan(3, 200_000_000), folders)
    record.write_text(json.dumps({"complete": True, "client": folders.namespace("client"), "permits": permits}))
    record.chmod(0o644)
    monkeypatch.setattr(lab_record, "RUN", run)
    monkeypatch.setattr(lab_record, "NAMESPACES", namespaces)
    monkeypatch.setattr(lab_record, "OWNER", os.geteuid())
    return record
