"""libvirt's events in a process that has a window."""

from __future__ import annotations

import threading

import libvirt
import pytest

from fcm.backend.libvirt.event_loop import EVENT_LOOP
from fcm.ui.tour.patience import PATIENCE, stretched

pytestmark = pytest.mark.live


@pytest.mark.usefixtures("qapp")
def test_events_of_hosts_arrive_in_their_own_thread_although_qt_holds_the_default_context_of_glib() -> None:
    """libvirt's own loop waits for that context for ever: its events then came in the thread of the window."""
    threads: set[str] = set()
    happened = threading.Event()

    def told(*_: object) -> None:
        threads.add(threading.current_thread().name)
        happened.set()

    with EVENT_LOOP.running():
        connection = libvirt.open("test:///default")
        number = connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, told, None)
        connection.listAllDomains()[0].suspend()
        arrived = happened.wait(stretched(PATIENCE))
        connection.domainEventDeregisterAny(number)
        connection.close()
    assert arrived
    assert threads == {"libvirt-events"}
