"""Passes lines through to the program that has the cluster open, both ways, without a look at them."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

from fcm.shell.serving.connections import CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.serving.connections import Connection


def pass_through(connection: Connection, source: int, write: Callable[[bytes], None]) -> None:
    """Pass on until one of the two ends.

    Args:
        connection: to the program that carries out.
        source: a file that is read, as a number; its end is the end of the client.
        write: writes what comes back.
    """

    def send() -> None:
        with contextlib.suppress(OSError):
            while data := os.read(source, CHUNK):
                connection.send(data)
        connection.finish()

    # It hangs where the other end keeps the pipe open and says nothing.
    threading.Thread(target=send, name="serve-reader", daemon=True).start()
    try:
        while data := connection.receive():
            write(data)
    except (OSError, ValueError):
        pass  # one of the two has gone
    finally:
        connection.close()
