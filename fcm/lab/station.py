"""The management station of a lab with failover: a small node of its own, on which the witness runs.

Without failover the station is a network namespace alone. With it, corosync-qnetd needs a place for its settings and
certificates, so the station has a PID 1 with its own /etc, /var, /run and layer of /usr, as the nodes have.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from fcm.lab.node import prepare_view, start_init
from fcm.lab.plan import LINUX_ONLY, LabError, LabFolders, LabPlan
from fcm.lab.processes import first_process_in, inside, process_state, processes_in, program, run

NAME = "station"
_DAEMON = "corosync-qnetd"
_START = """\
mkdir -p /run/corosync-qnetd
setsid --fork corosync-qnetd -f </dev/null >>/var/log/corosync-qnetd.log 2>&1
"""


def start_station(plan: LabPlan, folders: LabFolders) -> None:
    """Start the station where it does not run; returns once it can be entered."""
    namespace = folders.namespace("client")
    if first_process_in(namespace) is None:
        prepare_view(folders.station, NAME, plan)
        start_init(NAME, namespace, folders.station, folders)


def witness_process(folders: LabFolders) -> int | None:
    """Process id of the corosync-qnetd of the station; None: it does not run."""
    for pid in processes_in(folders.namespace("client")):
        if program(pid) == _DAEMON and process_state(pid) != "Z":
            return pid
    return None


def has_witness(folders: LabFolders) -> bool:
    """Whether a witness was made at the station: *create* marks that it started corosync-qnetd there."""
    return (folders.station / "etc" / "corosync" / "qnetd" / "fcm-started").exists()


def start_witness(folders: LabFolders, limit: float = 10.0) -> None:
    """Start corosync-qnetd where it does not run, and wait until it answers.

    Raises:
        LabError: the station is off, or it does not respond within *limit* s.
    """
    into = inside(folders.namespace("client"))
    if into is None:
        raise LabError("The management station of this lab is off. Only a lab with failover has a witness.")
    if not has_witness(folders):
        raise LabError("This lab has no witness yet. To form its cluster: fcm lab up")
    if witness_process(folders) is None:
        run(*into, "sh", "-c", _START)
    give_up = time.monotonic() + limit
    while True:
        try:
            run(*into, "corosync-qnetd-tool", "-s")
        except LabError as error:
            if time.monotonic() > give_up:
                raise LabError(f"The witness does not respond. {error}") from None
            time.sleep(0.05)
        else:
            return


def kill_witness(folders: LabFolders) -> None:
    """End corosync-qnetd with SIGKILL.

    Raises:
        LabError: it does not run.
    """
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    pid = witness_process(folders)
    if pid is None:
        raise LabError("The witness is not running.")
    os.kill(pid, signal.SIGKILL)
