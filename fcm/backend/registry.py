"""The kinds of clusters that can be opened, by the scheme of their URI: one entry makes a backend known everywhere.

An entry imports its backend only when a cluster is opened, so that a help text costs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.base import Backend
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.replay import Past


def _no_past(part: str) -> Past:
    from fcm.backend.base import BackendError

    raise BackendError(f"The history of {part} cannot be replayed here. Open it in the window or in fcm shell.")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a backend gets when it is opened."""

    uri: str
    """The canonical URI, by which the cluster is known."""
    folders: Sequence[Path] = ()
    """Where the user's own cluster files are."""
    paced: bool = True
    """Whether a virtual clock follows real time."""
    allowed: Callable[[Path, str], bool] = lambda path, digest: False
    """Whether the owner of a file has allowed what this content (SHA-256, hexadecimal) of it asks for."""
    known: bool = False
    """Whether the cluster has a history, so that what describes how it began need not be read unless that is empty."""
    past: Callable[[str], Past] = _no_past
    """The history of a replay, by the part of its URI after the scheme. Blocks; raises BackendError, SinkError."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of cluster."""

    forms: tuple[str, ...]
    """How its URIs are written, such as ``libvirt:HOSTS.toml``."""
    help: str
    """What it is, as a sentence."""
    simulated: bool
    """Whether its figures are computed by the migration engine instead of measured on hosts."""
    canonical: Callable[[str], str]
    """The part after the scheme in the form in which the cluster is known, with the full path of a file."""
    open: Callable[[str, Opening], Backend]
    """The backend of a canonical part; not started yet. Raises BackendError."""
    identity: Callable[[str], str] = lambda _: ""
    """What tells a cluster from one of the same URI that was there before it; "" where nothing does. Blocks."""
    marks: Callable[[str], bool] = lambda _: False
    """Whether the text of a file describes a cluster of this kind."""


def _whole_path(text: str) -> str:
    from fcm.text.textfile import typed_path, whole_path

    return str(whole_path(typed_path(text)))


def _embedded_part(text: str) -> str:
    is_file = text.endswith(".toml") or "/" in text or "\\" in text
    return _whole_path(text) if is_file else text


def _open_embedded(part: str, opening: Opening) -> Backend:
    from fcm.backend.embedded import open_embedded

    return open_embedded(part, uri=opening.uri, folders=opening.folders, paced=opening.paced, known=opening.known)


def _open_libvirt(part: str, opening: Opening) -> Backend:
    from fcm.backend.libvirt import open_hosts
    from fcm.backend.pacemaker.guard import PacemakerGuard
    from fcm.backend.pacemaker.remote.shells import shells_of

    def guard_of(file: HostsFile) -> PacemakerGuard:
        return PacemakerGuard(shells_of(file, as_root=False), f"pacemaker:{part}")

    return open_hosts(Path(part), opening.uri, opening.allowed, guard_of)


def _open_pacemaker(part: str, opening: Opening) -> Backend:
    from fcm.backend.pacemaker.opening import open_pacemaker

    return open_pacemaker(Path(part), opening.uri, opening.allowed)


REPLAY = "replay"
"""The scheme of a history that is shown at any of its moments."""
FILES_OF_HISTORY = (".zip", ".journal")
"""Endings of files that are replayed: incident files, and journals wherever they are."""


def _replay_part(text: str) -> str:
    if text.endswith(FILES_OF_HISTORY):
        return _whole_path(text)
    if text.startswith(f"{REPLAY}:"):
        from fcm.backend.base import UnknownClusterError

        raise UnknownClusterError(f"“{text}” is a replay already. Name the cluster itself.")
    return canonical_uri(uri_of(text))


def _open_replay(part: str, opening: Opening) -> Backend:
    from fcm.backend.replay import Replay

    return Replay(opening.uri, opening.past(part))


def _hosts_identity(part: str) -> str:
    from fcm.text.textfile import HOSTS, TextFileError, parse_toml, read_text

    path = Path(part)
    try:
        cluster = parse_toml(read_text(path, HOSTS), path).get("cluster")
    except TextFileError:  # a lab that is down has none; what is wrong with a file is said when it is opened
        return ""
    identity = cluster.get("identity") if isinstance(cluster, dict) else None
    return identity if isinstance(identity, str) else ""


DEFAULT = "embedded"
"""The kind that a bare name means, and a file that no other kind recognizes."""

SCHEMES: dict[str, Scheme] = {
    "embedded": Scheme(
        ("embedded:contoso", "embedded:FILE.toml"),
        "A simulated cluster: the name of a shipped cluster, or the path of a cluster file.",
        simulated=True,
        canonical=_embedded_part,
        open=_open_embedded,
    ),
    "pacemaker": Scheme(
        ("pacemaker:HOSTS.toml",),
        "Real hosts whose virtual machines Pacemaker fails over, listed in a hosts file.",
        simulated=False,
        canonical=_whole_path,
        open=_open_pacemaker,
        identity=_hosts_identity,
        marks=lambda text: "[[node]]" in text and "[fencing]" in text,
    ),
    "libvirt": Scheme(
        ("libvirt:HOSTS.toml",),
        "Real hosts that run QEMU and libvirt, listed in a hosts file.",
        simulated=False,
        canonical=_whole_path,
        open=_open_libvirt,
        identity=_hosts_identity,
        marks=lambda text: "[[node]]" in text,
    ),
    REPLAY: Scheme(
        ("replay:URI", "replay:INCIDENT.zip"),
        "The history of a cluster, or an incident file, at any of its moments. Nothing in it can be changed.",
        simulated=False,
        canonical=_replay_part,
        open=_open_replay,
    ),
}
"""Every kind by its scheme."""


def forms() -> str:
    """How the URI of a cluster is written, for help texts: all forms with commas."""
    return ", ".join(form for scheme in SCHEMES.values() for form in scheme.forms)


def split(uri: str) -> tuple[Scheme, str, str]:
    """The kind of a URI, its scheme and the part after it.

    Raises:
        UnknownClusterError: no kind of cluster is written like this.
    """
    name, _, part = uri.partition(":")
    scheme = SCHEMES.get(name)
    if scheme is None or not part:
        from fcm.backend.base import UnknownClusterError  # only now: a help text costs nothing

        raise UnknownClusterError(f"“{uri}” is not a cluster URI. Use one of: {forms()}.")
    return scheme, name, part


def canonical_uri(uri: str) -> str:
    """The URI with the full path of its file. Raises BackendError where it names no cluster."""
    scheme, name, part = split(uri)
    canonical = f"{name}:{scheme.canonical(part)}"
    if canonical.isprintable():
        return canonical
    try:
        canonical.encode()
    except UnicodeEncodeError:
        from fcm.backend.base import UnknownClusterError
        from fcm.text.words import quoted

        reason = "has a name that is not UTF-8. Rename the file or the folder."
        raise UnknownClusterError(f"The cluster {quoted(canonical)} {reason}") from None
    return canonical


def identity(uri: str) -> str:
    """What tells the cluster of a canonical URI from an earlier one of the same URI, such as the lab that was up before
    this one; "" where nothing does. Blocks: it may read a file.
    """
    scheme, _, part = split(uri)
    return scheme.identity(part)


def is_simulated(uri: str) -> bool:
    """Whether the figures of a cluster are computed, not measured; a URI of an unknown kind is taken as measured."""
    name, _, part = uri.partition(":")
    if name == REPLAY:
        return is_simulated(part)
    scheme = SCHEMES.get(name)
    return scheme is not None and scheme.simulated


def open_backend(opening: Opening) -> Backend:
    """The backend of a canonical URI; nothing is connected or started yet.

    Raises:
        UntrustedFileError: the file asks for what only its owner may allow.
        BackendError: unknown kind, wrong file, missing module.
    """
    scheme, _, part = split(opening.uri)
    return scheme.open(part, opening)


_SCHEME_LIKE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""What can only be meant as a scheme; one letter is a drive of Windows."""


def uri_of(text: str) -> str:
    """The URI of what a person typed: a URI, the name of an embedded cluster, or a file, told by what it describes.

    Blocks: it reads the file.

    Raises:
        BackendError: it begins with a scheme that does not exist.
    """
    if _SCHEME_LIKE.match(text):
        split(text)
        return text
    from fcm.text.textfile import CLUSTER, TextFileError, read_text, typed_path

    path = typed_path(text)
    if path.suffix.lower() != ".toml":
        return f"{DEFAULT}:{text}"
    try:
        described = read_text(path, CLUSTER)
    except TextFileError:
        return f"{DEFAULT}:{path}"
    kind = next((name for name, scheme in SCHEMES.items() if scheme.marks(described)), DEFAULT)
    return f"{kind}:{path}"
