"""The text of a hosts file with another fencing device or witness; all other lines stay as they are.

The result is read again and compared before it is used, so a file that is written in an unusual way is refused and
never damaged.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fcm.backend.libvirt.configuration.hosts_file import read_hosts_text
from fcm.mistakes import SentenceError
from fcm.text.textfile import TextFileError, parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fcm.backend.libvirt.configuration.failover_keys import Fencing, FencingOptions, Witness
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile

_HEADER = re.compile(r"\s*\[(\[?)\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*(fencing|witness)\s*[.=]")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class HostsTextError(SentenceError):
    """The file cannot be changed as a whole; the message says what to add by hand."""


@dataclass(frozen=True, slots=True)
class Failover:
    """What a hosts file says for failover."""

    fencing: Fencing | None = None
    nodes: Mapping[str, FencingOptions] = field(default_factory=dict)
    """Node -> what the fence agent is told for it alone."""
    witness: Witness | None = None


def failover_of(hosts: HostsFile) -> Failover:
    """What the file says now."""
    own = {host.name: host.fencing for host in hosts.hosts if host.fencing is not None}
    return Failover(hosts.fencing, own, hosts.witness)


def with_failover(path: Path, text: str, wanted: Failover) -> str:
    """The text of the file with what is wanted.

    Raises:
        HostsTextError: it is written in a way that cannot be changed here.
        ClusterFileError: what is wanted is not valid; the message names the key and the reason.
    """
    before, _ = read_hosts_text(path, text)
    kept = _without_end(_sections(text), before, wanted)
    changed = f"{kept.rstrip()}\n{''.join(_tables(wanted))}"
    lines = "".join(_tables(wanted)).strip()
    unusual = HostsTextError(f"{path} is written in a way that fcm cannot change. Add this yourself:\n{lines}")
    try:
        parse_toml(changed, path)
    except TextFileError:
        raise unusual from None
    after, _ = read_hosts_text(path, changed)
    hosts = tuple(replace(host, fencing=wanted.nodes.get(host.name)) for host in before.hosts)
    if after != replace(before, hosts=hosts, fencing=wanted.fencing, witness=wanted.witness):
        raise unusual
    return changed


@dataclass
class _Section:
    """A header with the lines up to the next one; the first has none."""

    name: str
    lines: list[str]


def _sections(text: str) -> list[_Section]:
    found = [_Section("", [])]
    for line in text.splitlines(keepends=True):
        header = _HEADER.match(line)
        if header is not None:
            found.append(_Section(re.sub(r"\s", "", header[2]), []))
        found[-1].lines.append(line)
    return found


def _without_end(sections: list[_Section], before: HostsFile, wanted: Failover) -> str:
    """The sections without fencing and witness of the file, and with the options of the nodes."""
    names = iter(host.name for host in before.hosts)
    kept: list[str] = []
    for section in sections:
        top = section.name.partition(".")[0]
        if top in ("fencing", "witness") or section.name == "node.fencing":
            kept += _after_last_key(section.lines)
            continue
        lines = section.lines
        if section.name in ("", "node"):
            lines = [line for line in lines if not _KEY.match(line)]
        if section.name == "node":
            options = wanted.nodes.get(next(names, ""))
            if options is not None:
                end = len(lines) - len(_after_last_key(lines))
                if end and not lines[end - 1].endswith("\n"):
                    lines[end - 1] += "\n"
                lines = [*lines[:end], f"fencing = {{ {', '.join(_pairs(options))} }}\n", *lines[end:]]
        kept += lines
    return "".join(kept)


def _after_last_key(lines: list[str]) -> list[str]:
    """Blank lines and comments at the end of a section: they belong to the next one."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return lines[end:]


def _tables(wanted: Failover) -> Iterator[str]:
    if wanted.fencing is not None:
        yield "\n[fencing]\n"
        yield f"agent = {_text(wanted.fencing.agent)}\n"
        yield from (f"{pair}\n" for pair in _pairs(wanted.fencing.general))
    if wanted.witness is not None:
        yield "\n[witness]\n"
        yield f"host = {_text(wanted.witness.host)}\n"
        if wanted.witness.ssh is not None:
            yield f"ssh = {_text(wanted.witness.ssh.text)}\n"
        if wanted.witness.namespace is not None:
            yield f"probe_namespace = {_text(wanted.witness.namespace)}\n"


def _pairs(options: FencingOptions) -> Iterator[str]:
    for name, value in options.options.items():
        yield f"{name if _BARE.fullmatch(name) else _text(name)} = {_text(value)}"
    if options.passwd_script is not None:
        yield f"passwd_script = {_text(options.passwd_script)}"
    if options.password_file is not None:
        yield f"password_file = {_text(options.password_file)}"


def _text(value: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of its own."""
    return json.dumps(value, ensure_ascii=False)
