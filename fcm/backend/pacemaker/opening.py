"""A Pacemaker backend put together from its parts and the hosts file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.libvirt.configuration.hosts_file import load, nobody
from fcm.backend.pacemaker import drains
from fcm.backend.pacemaker.backend import PacemakerBackend
from fcm.backend.pacemaker.moves.found import found, make_run
from fcm.backend.pacemaker.moves.leftovers import put_right
from fcm.backend.pacemaker.orders import HANDLERS
from fcm.backend.pacemaker.parts import Parts
from fcm.backend.pacemaker.reading import SCRIPT, read
from fcm.backend.pacemaker.rehearsal import twin
from fcm.backend.pacemaker.view import PacemakerView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile


def open_pacemaker(path: Path, uri: str, allowed: Callable[[Path, str], bool] = nobody) -> PacemakerBackend:
    """The cluster that Pacemaker has formed of the hosts of a hosts file; nothing is connected yet.

    Args:
        path: of the hosts file.
        uri: what it is opened by.
        allowed: as in ``hosts_file.load``.

    Raises:
        UntrustedFileError: the file asks for what only its owner may allow.
        BackendError: the file is wrong, or the module libvirt is missing.
    """
    return open_file(load(path, allowed), uri)


def open_file(file: HostsFile, uri: str) -> PacemakerBackend:
    """The same of hosts that were read already.

    Raises:
        BackendError: the module libvirt is missing.
    """
    parts = Parts(
        script=SCRIPT,
        read=read,
        view=PacemakerView,
        handlers=HANDLERS,
        make_run=make_run,
        found=found,
        put_right=put_right,
        pause=drains.pause,
        resume=drains.resume,
        rehearse=lambda context, commands, seen, wanted: twin.rehearse(
            context.state, context.status, context.shell, commands, seen, wanted
        ),
    )
    return PacemakerBackend(file, uri, parts)
