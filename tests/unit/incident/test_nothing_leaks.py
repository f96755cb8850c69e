"""No name, address, id or path of a cluster is in its incident file, in any form; what is in it is consistent."""

from __future__ import annotations

import html
import json
import unicodedata
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from fcm.app import open_workspace
from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.workspace.incident.incident import made_from
from fcm.workspace.incident.writing import table_folder, write
from tests.unit.incident import secret_cluster as secret
from tests.unit.replay.lived import advance, live

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.workspace.incident.incident import Incident
    from fcm.workspace.workspace import Workspace

LOG = (
    "error: unable to connect to server at 'vexmorrow-alpha.zorblattery.gnarpfield.example:16509'",
    "qemu+ssh://murgatroyd@drizzlebane-two/system?keyfile=%2Fhome%2Fmurgatroyd%2F.ssh%2Fid_rsa failed",
    "Cannot access storage file '/srv/Pumble Images/Snorklewhisk.qcow2' (as uid:107): 52:54:00:ab:cd:ef is down",
    "fence_ipmilan: password=Sesame-Abracadabra on 10.99.88.77, fe80::5054:ff:feab:cdef and 2001:4860:4860::8888",
    "domain d9c7a2b4-1f52-4f0e-9d0b-7f1a2b3c4d5e, D9C7A2B41F524F0E9D0B7F1A2B3C4D5E, murgatroyd@quartzhamster.example",
    r"C:\Users\Murgatroyd\vm.vhd and \\quartzhamster\share\x",
)
SECRETS_OF_LOG = (
    "murgatroyd", "Pumble Images", "Snorklewhisk", "52:54:00:ab:cd:ef", "Sesame-Abracadabra", "10.99.88.77",
    "5054:ff:feab:cdef", "2001:4860:4860::8888", "d9c7a2b4", "d9c7a2b41f524f0e9d0b7f1a2b3c4d5e", "quartzhamster",
    "id_rsa",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))


def lived(tmp_path: Path) -> Workspace:
    """The cluster of secrets with migrations, a validation, refusals, a snapshot and failures behind it."""
    workspace = open_workspace(secret.write(tmp_path / "clusters of Featherstonehaugh"), paced=False)
    workspace.submit(cmd.ValidateCluster())
    advance(workspace, 60.0)
    live(workspace, secret.NODES[1])
    advance(workspace, 200.0)
    machine = next(iter(workspace.state.machines))
    workspace.submit(cmd.TakeSnapshot(machine))
    advance(workspace, 60.0)
    workspace.submit(cmd.PauseNode(secret.NODES[2]))
    workspace.submit(cmd.LiveMigrate(machine, secret.NODES[2]))
    workspace.submit(
        cmd.ConfigureGroup(workspace.state.machines[machine].group or "", anti_affinity=("Jabberwex Set",))
    )
    workspace.submit(cmd.InjectFault(FaultKind.POWER_OFF, secret.NODES[1]))
    advance(workspace, 300.0)
    return workspace


def forms(name: str) -> list[bytes]:
    """How a name could stand in a file."""
    texts = {name, name.lower(), name.upper()}
    texts |= {unicodedata.normalize(form, one) for form in ("NFC", "NFD") for one in tuple(texts)}
    texts |= {quote(one) for one in tuple(texts)} | {quote(one, safe="") for one in tuple(texts)}
    texts |= {html.escape(one) for one in tuple(texts)}
    texts |= {"".join(f"&#{ord(letter)};" if ord(letter) > 127 else letter for letter in one) for one in tuple(texts)}
    texts |= {json.dumps(one)[1:-1] for one in tuple(texts)}
    return [one.encode(coding) for one in texts for coding in ("utf-8", "utf-16-le", "utf-16-be")]


def everything(path: Path) -> bytes:
    """The file as it is, the names of what is in it, and all that unpacked."""
    with zipfile.ZipFile(path) as file:
        parts = [one.filename.encode() + one.extra + one.comment for one in file.infolist()]
        parts += [file.read(one) for one in file.infolist()]
        return b"\n".join([path.read_bytes(), file.comment, *parts])


def leaks(path: Path, names: list[str]) -> list[str]:
    whole = everything(path)
    folded = whole.lower()
    return sorted({name for name in names for form in forms(name) if form in whole or form.lower() in folded})


def of(workspace: Workspace, log: tuple[str, ...] | None = None) -> Incident:
    first = next(iter(workspace.state.nodes))
    return made_from(workspace.uri, None, lambda node: log if node == first else None)


def test_none_of_the_names_is_anywhere_in_the_file(tmp_path: Path) -> None:
    workspace = lived(tmp_path)
    file = tmp_path / "incident.zip"
    write(of(workspace), file)
    ids = [*workspace.state.machines, *workspace.state.groups, *workspace.state.disks, *workspace.state.networks]
    assert leaks(file, [*secret.secrets(), *ids, str(tmp_path)]) == []
    workspace.close()


def test_what_other_programs_wrote_into_logs_is_replaced_by_its_form(tmp_path: Path) -> None:
    workspace = lived(tmp_path)
    file = tmp_path / "incident.zip"
    found = of(workspace, LOG)
    write(found, file)
    assert leaks(file, [*secret.secrets(), *SECRETS_OF_LOG]) == []
    lines = found.logs["node-1"]
    assert len(lines) == len(LOG)
    assert "Cannot access storage file" in lines[2]
    assert "password=(hidden)" in lines[3]
    workspace.close()


def test_the_same_name_has_the_same_stand_in_everywhere(tmp_path: Path) -> None:
    workspace = lived(tmp_path)
    found = of(workspace)
    begin, end = found.excerpt.begin, found.excerpt.end
    assert list(end.nodes) == ["node-1", "node-2", "node-3"]
    assert [one.name for one in end.machines.values()] == ["VM-001", "VM-002", "VM-003"]
    assert list(begin.machines) == list(end.machines)
    original, shown = workspace.state, end
    assert len(shown.migrations) == len(original.migrations)
    by_number = dict(zip(original.nodes, shown.nodes, strict=True))
    for one, other in zip(original.machines.values(), shown.machines.values(), strict=True):
        assert by_number[one.node] == other.node
        assert (one.state, one.memory, one.workload) == (other.state, other.memory, other.workload)
        assert other.group in shown.groups
        assert other.disk in shown.disks
    for one, other in zip(original.adapters.values(), shown.adapters.values(), strict=True):
        assert (one.state, by_number[one.node]) == (other.state, other.node)
        assert other.network in shown.networks
    for group in shown.groups.values():
        assert group.owner in shown.nodes
    workspace.close()


def test_names_in_sentences_are_those_of_the_lists(tmp_path: Path) -> None:
    workspace = lived(tmp_path)
    found = of(workspace)
    texts = " ".join(record.text for record in found.records)
    assert "VM-001" in texts
    assert "node-2" in texts
    assert any("node-2" in record.computer for record in found.records)
    workspace.close()


def test_the_table_stays_at_home_for_this_user_alone(tmp_path: Path) -> None:
    workspace = lived(tmp_path)
    table = write(of(workspace), tmp_path / "incident.zip")
    assert table.parent == table_folder()
    assert table.stat().st_mode & 0o077 == 0
    said = table.read_text(encoding="utf-8")
    for name in (secret.CLUSTER, *secret.NODES, *secret.NETWORKS):
        assert name in said
    with zipfile.ZipFile(tmp_path / "incident.zip") as file:
        assert not [name for name in file.namelist() if "table" in name]
    workspace.close()


def test_this_search_would_find_a_name_in_any_of_its_forms(tmp_path: Path) -> None:
    name = "Płockwendel Ümläut & Søn"
    for number, form in enumerate(
        (name, name.upper(), quote(name), html.escape(name), json.dumps(name), unicodedata.normalize("NFD", name))
    ):
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            path = tmp_path / f"{number}-{coding}.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
                file.writestr("x", b"before" + form.encode(coding) + b"after")
            assert leaks(path, [name]) == [name]
