"""The hosts of a hosts file, for the wizards that form a cluster of them or remove one. Everything here blocks."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from fcm.backend.libvirt.configuration.failover_keys import Fencing as Fencing
from fcm.backend.libvirt.configuration.failover_keys import FencingOptions as FencingOptions
from fcm.backend.libvirt.configuration.failover_keys import Witness as Witness
from fcm.backend.libvirt.configuration.hosts_file import HostsFile as HostsFile
from fcm.backend.libvirt.configuration.hosts_file import load, read_hosts_text
from fcm.backend.libvirt.configuration.lab_record import lab_clients
from fcm.backend.libvirt.configuration.uris import UriError, parse_ssh_login
from fcm.backend.pacemaker.forming.hosts_text import Failover as Failover
from fcm.backend.pacemaker.forming.hosts_text import failover_of as failover_of
from fcm.backend.pacemaker.forming.hosts_text import with_failover
from fcm.backend.pacemaker.forming.setup_state import SetupState as SetupState
from fcm.backend.pacemaker.forming.setup_state import Stage as Stage
from fcm.backend.pacemaker.forming.site import Site as Site
from fcm.backend.pacemaker.remote import shells
from fcm.backend.pacemaker.steps import Outcome
from fcm.backend.pacemaker.steps import Runner as Runner
from fcm.backend.pacemaker.steps import StepReport as StepReport
from fcm.backend.pacemaker.steps import StepState as StepState
from fcm.mistakes import SentenceError
from fcm.text.textfile import HOSTS, read_text, typed_path, whole_path
from fcm.text.words import counted
from fcm.workspace.files.folders import data_folder
from fcm.workspace.files.trusted_files import TrustedFiles
from fcm.workspace.files.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fcm.backend.pacemaker.steps import Step as Step
    from fcm.model.validation.report import CheckResult

StepOutcome: TypeAlias = Outcome
"""What came of a run of steps."""
AGENTS = (
    "fence_ipmilan",
    "fence_redfish",
    "fence_ilo5_ssh",
    "fence_idrac",
    "fence_apc_snmp",
    "fence_eaton_snmp",
    "fence_raritan_px3",
    "fence_virsh",
)
"""Fence agents that are offered; any other one can be typed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose for failover; it becomes the tables of the hosts file."""

    agent: str
    general: Mapping[str, str] = field(default_factory=dict)
    """Options of the fence agent for all nodes."""
    nodes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Node -> its own options."""
    password: str = ""
    """A new password for fencing; "": as the file has it."""
    witness: str = ""
    """Host of the witness; "": none."""
    login: str = ""
    """How fcm logs in to the witness; "": as root."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found before anything is done."""

    setup: SetupState
    results: tuple[CheckResult, ...]
    """What is in the way; nothing where all is well."""
    steps: tuple[Step, ...] = ()
    """What will be done; nothing where something is in the way."""
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    """For fencing, by file."""

    @property
    def refused(self) -> int:
        """How many checks failed."""
        return sum(one.level == "fail" for one in self.results)


def path_of(text: str) -> Path:
    """The hosts file that a person typed, or that the URI of a cluster names."""
    scheme, _, rest = text.partition(":")
    return whole_path(typed_path(rest if scheme in ("libvirt", "pacemaker") else text))


def read_hosts(path: Path) -> HostsFile:
    """The hosts of a file.

    Raises:
        UntrustedFileError: it asks for what only its owner may allow.
        ClusterFileError: it cannot be read, or is wrong.
    """
    return load(path, TrustedFiles().allows)


def save_choice(hosts: HostsFile, choice: Choice) -> HostsFile:
    """Write what was chosen into the hosts file, unless it says so already. A new password gets a file of its own.

    The person who chose it is the one who is asked for permission when it is read, so it is allowed with that.

    Raises:
        ClusterFileError: a name or an option is not valid.
        HostsTextError: the file is written in a way that cannot be changed.
        SentenceError: something cannot be written.
    """
    path = hosts.path
    wanted = _wanted(hosts, choice)
    if wanted == failover_of(hosts) and not choice.password:
        return hosts
    text = read_text(path, HOSTS)
    changed = with_failover(path, text, wanted)
    _, demands = read_hosts_text(path, changed)
    try:
        if choice.password and wanted.fencing is not None and wanted.fencing.general.password_file:
            _keep_secret(wanted.fencing.general.password_file, choice.password)
        if changed != text:
            with whole_file(path) as file:
                file.write(changed.encode())
        if demands:
            TrustedFiles().allow(path, hashlib.sha256(changed.encode()).hexdigest())
    except OSError as error:
        raise SentenceError(f"{error.filename or path} cannot be written: {error.strerror}.") from None
    return read_hosts(path)


def _wanted(hosts: HostsFile, choice: Choice) -> Failover:
    before = failover_of(hosts)
    general = before.fencing.general if before.fencing is not None else FencingOptions()
    general = replace(general, options=dict(choice.general))
    if choice.password:
        known = general.password_file
        general = replace(general, passwd_script=None, password_file=known if _is_own(known) else _secret_file(hosts))
    nodes = {}
    for host in hosts.hosts:
        options = dict(choice.nodes.get(host.name, {}))
        own = before.nodes.get(host.name)
        if own is not None and (options or own.passwd_script or own.password_file):
            nodes[host.name] = replace(own, options=options)
        elif options:
            nodes[host.name] = FencingOptions(options)
    return Failover(Fencing(choice.agent, general), nodes, _witness(hosts, choice))


def _witness(hosts: HostsFile, choice: Choice) -> Witness | None:
    if not choice.witness:
        return None
    before = hosts.witness
    if before is not None and before.host == choice.witness and not choice.login and before.ssh is None:
        return before
    try:
        login = parse_ssh_login(choice.login) if choice.login else None
    except UriError as error:
        raise SentenceError(str(error)) from None
    return Witness(choice.witness, login, before.namespace if before is not None else _station(hosts))


def _station(hosts: HostsFile) -> str | None:
    """The network namespace of the station of the lab whose nodes these are; None: this is no lab."""
    if not hosts.is_lab:
        return None
    nodes = {host.probe_namespace for host in hosts.hosts}
    for client in lab_clients():
        lab = client.removesuffix("client")
        if nodes == {f"{lab}{host.name}" for host in hosts.hosts}:
            return client
    return None


def _secret_file(hosts: HostsFile) -> str:
    digest = hashlib.sha256(str(whole_path(hosts.path)).encode()).hexdigest()[:16]
    return str(data_folder().absolute() / "fencing" / f"{digest}.secret")


def _is_own(path: str | None) -> bool:
    return path is not None and path.startswith(str(data_folder().absolute() / "fencing"))


def _keep_secret(path: str, password: str) -> None:
    """Write a password where only this user can read it."""
    from pathlib import Path

    if not password.isprintable():
        raise SentenceError("The password contains characters that cannot be typed.")
    folder = Path(path).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = folder / f".{Path(path).name}.new"
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(f"{password}\n".encode())
    os.replace(beside, path)


def open_site(hosts: HostsFile) -> Site:
    """A way to each of the hosts; nothing is connected yet.

    Raises:
        PlanError: these hosts cannot form a cluster; the message says why.
    """
    return Site(hosts, shells.shells_of(hosts), shells.witness_shell(hosts))


def look_before_create(site: Site) -> Looked:
    """What stands, what is in the way, and the steps of *create*; the fencing device is asked, no node is switched.

    Raises:
        PasswordError: a password file cannot be used.
    """
    setup = site.read_setup()
    passwords = site.passwords()
    results = site.check(setup)
    if not any(one.level == "fail" for one in results):
        results += site.try_fencing(setup, passwords)
    refused = any(one.level == "fail" for one in results)
    steps = () if refused else tuple(site.steps(setup, passwords))
    return Looked(setup, tuple(results), steps, passwords)


def look_before_destroy(site: Site, release: bool) -> Looked:
    """What stands, and the steps that remove it: first those that release the virtual machines.

    Raises:
        SiteError: it may not be removed; the message says why.
    """
    setup = site.read_setup()
    site.refuse_destroy(setup, release)
    return Looked(setup, (), tuple(site.release_steps(setup)))


def taken_back(site: Site) -> tuple[Step, ...]:
    """The steps that *destroy* takes back, in the order in which it does."""
    return tuple(step for step in reversed(site.undo_steps()) if step.undo)


def commands_of(step: Step, undo: bool = False) -> str:
    """The commands of a step, or those that take it back; no secret is among them."""
    return step.undo.strip("\n") if undo else step.text


def script_of(steps: Sequence[Step], undo: bool = False) -> str:
    """The commands of steps one after the other, as a script that can be read."""
    parts = []
    for number, step in enumerate(steps, 1):
        title = f"Undo: {step.title}" if undo else step.title
        where = step.node or "any node of the cluster"
        parts.append(f"# {number}. {title} ({where})\n{commands_of(step, undo)}\n")
    return "\n".join(parts)


def found(looked: Looked) -> list[tuple[str, str, str]]:
    """What the checks before *create* found: level, sentence, remedy; the worst first."""
    order = ("fail", "warn", "info", "pass")
    rows = [(one.level, one.text, one.remedy) for one in looked.results]
    setup = looked.setup
    if setup.stage is Stage.PARTIAL:
        rows += [("info", sentence, "The steps that follow put it right.") for sentence in setup.problems()]
    if not looked.refused:
        rows += [("pass", text, "") for text in _passed(setup)]
    return sorted(rows, key=lambda row: order.index(row[0]))


def _passed(setup: SetupState) -> list[str]:
    looks = [look for look in setup.looks.values() if look.answered]
    first = looks[0]
    nodes = counted(len(looks), "node")
    passed = [
        f"{nodes} answered as root and have all programs: Pacemaker {first.pacemaker}, Corosync {first.corosync}.",
        "Each node reaches libvirt of the others, and all see the same shared storage.",
        f"The fencing device told each node whether the others are on ({setup.plan.agent}).",
    ]
    if setup.plan.witness is not None:
        passed.append(f"The witness {setup.plan.witness.host} answered and has all programs.")
    return passed
