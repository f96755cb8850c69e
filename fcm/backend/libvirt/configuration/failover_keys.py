"""What a hosts file says for failover by Pacemaker: a login on each node, the fencing device, the witness.

Secrets are never in the file: a fence agent gets its password from a program on the nodes (``passwd_script``), or
from a file on this computer (``password_file``) that *Create a Cluster* places on the nodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm.backend.libvirt.configuration.uris import SshLogin, UriError, is_host, parse_ssh_login
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fcm.backend.toml_table import Table

    Demands = list[tuple[Table, str]]

AGENT = re.compile(r"fence_[a-z0-9_]{1,57}", re.ASCII)
"""Name of a fence agent: a program in /usr/sbin of the nodes."""
OPTION = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII | re.IGNORECASE)
"""Name of an option of a fence agent (its metadata)."""
MOST_OPTIONS = 32
LONGEST_OPTION = 1000
"""characters of the value of an option."""

_SECRET = re.compile(r"passw|secret|token|community|priv_?key|credential", re.IGNORECASE)
"""Options of fence agents that are secrets (fence-agents, ``lib/fencing.py.py`` and the agents of clouds)."""
_PASSWORD = ("passwd_script", "password_file")
_FILE = re.compile(r"/[\w ./@+=:,~-]{0,4000}")
"""A full path; no character that a shell acts on."""


@dataclass(frozen=True, slots=True)
class FencingOptions:
    """What a fence agent is told, for all nodes or for one."""

    options: Mapping[str, str] = field(default_factory=dict, hash=False)
    passwd_script: str | None = None
    """Path of a program on the nodes that prints the password."""
    password_file: str | None = None
    """Path of a file on this computer that holds the password."""

    def over(self, general: FencingOptions) -> FencingOptions:
        """These options of one node, completed by the general ones; a node's password replaces the general one."""
        own = self.passwd_script is not None or self.password_file is not None
        return FencingOptions(
            {**general.options, **self.options},
            self.passwd_script if own else general.passwd_script,
            self.password_file if own else general.password_file,
        )


@dataclass(frozen=True, slots=True)
class Fencing:
    """The fencing device: how a node is switched off."""

    agent: str
    """Such as ``fence_ipmilan``."""
    general: FencingOptions


@dataclass(frozen=True, slots=True)
class Witness:
    """The host outside the cluster that runs corosync-qnetd."""

    host: str
    """Name or address by which the nodes reach it."""
    ssh: SshLogin | None
    """How this program reaches it as root; None: its host as root, or in the lab its namespaces."""
    namespace: str | None = None
    """Network namespace of the witness on this machine (lab only)."""


def read_login(table: Table) -> SshLogin | None:
    """The key ``ssh`` of a node or of the witness."""
    if "ssh" not in table:
        return None
    try:
        return parse_ssh_login(table.text("ssh"))
    except UriError as error:
        raise table.error(str(error), "ssh") from error


def read_fencing(top: Table, demands: Demands) -> Fencing | None:
    """The table ``[fencing]``."""
    if "fencing" not in top:
        return None
    table = top.table("fencing")
    agent = table.text("agent")
    if not AGENT.fullmatch(agent):
        reason = "it must be the name of a fence agent of the nodes, such as fence_ipmilan"
        raise table.error(f"'agent' is {quoted(agent)}; {reason}.", "agent")
    fencing = Fencing(agent, read_options(table, demands, ("agent",)))
    table.end()
    return fencing


def read_options(table: Table, demands: Demands, others: Collection[str] = ()) -> FencingOptions:
    """Options for a fence agent: any keys but ``others``."""
    options: dict[str, str] = {}
    for key in table.keys():  # noqa: SIM118 (a Table is no mapping)
        if key in others or key in _PASSWORD:
            continue
        if len(options) == MOST_OPTIONS:
            raise table.error(f"There are more than {MOST_OPTIONS} options for the fence agent.", key)
        options[key] = _option(table, key)
    script, file = (_path(table, key) for key in _PASSWORD)
    if script is not None and file is not None:
        raise table.error("'passwd_script' and 'password_file' cannot be used together. Remove one.", "password_file")
    if script is not None:
        demands.append((table, f"run the program {script} on the nodes, as root, to get the password for fencing"))
    if file is not None:
        demands.append((table, f"read the password for fencing from {file} on this computer and store it on the nodes"))
    return FencingOptions(options, script, file)


def _option(table: Table, key: str) -> str:
    if not OPTION.fullmatch(key):
        raise table.error(f"{quoted(key)} is not a valid name for an option of a fence agent.", key)
    if _SECRET.search(key) and not key.endswith("_script"):
        reason = "A hosts file contains no secrets. Use 'password_file' or 'passwd_script'"
        raise table.error(f"{quoted(key)} is not allowed here. {reason}.", key)
    if key.endswith("_script"):
        raise table.error(f"The option {quoted(key)} runs a program. Only 'passwd_script' is supported.", key)
    value = table.scalar(key)
    if len(value) > LONGEST_OPTION or not value.isprintable():
        reason = f"longer than {LONGEST_OPTION} characters, or it contains control characters"
        raise table.error(f"The value of {quoted(key)} is {reason}.", key)
    return value


def _path(table: Table, key: str) -> str | None:
    if key not in table:
        return None
    path = table.text(key)
    if not _FILE.fullmatch(path) or ".." in path.split("/"):
        reason = "it must be an absolute path, such as /etc/fcm/password, that contains only letters, digits, spaces"
        raise table.error(f"{quoted(key)} is {quoted(path)}; {reason} and ./@+=:,~_-", key)
    return path


def read_witness(top: Table, lab_clients: Collection[str] | None) -> Witness | None:
    """The table ``[witness]``.

    Args:
        top: the file.
        lab_clients: namespaces of the stations of labs that are up, if the file is that of a lab.
    """
    if "witness" not in top:
        return None
    table = top.table("witness")
    host = table.text("host")
    if not is_host(host):
        raise table.error(f"{quoted(host)} is not a valid host name or address.", "host")
    login = read_login(table)
    namespace = table.optional("probe_namespace")
    if namespace is not None and lab_clients is None:
        raise table.error("'probe_namespace' is allowed only in the lab.", "probe_namespace")
    if lab_clients is not None and login is not None:
        raise table.error("'ssh' is not allowed in the lab. fcm reaches its witness without it.", "ssh")
    if lab_clients is not None and namespace not in lab_clients:
        reason = f"No running lab on this computer has the witness {quoted(host)}."
        raise table.error(f"{reason} For other hosts, remove [lab].", "host")
    table.end()
    return Witness(host, login, namespace)
