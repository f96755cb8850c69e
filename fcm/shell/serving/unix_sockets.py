"""The places of ``meeting`` where there are sockets in folders: Linux, macOS.

The folder is this user's alone. A socket at which nobody answers was left by a program that was killed; who claims its
place removes it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import struct
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.shell.serving.connections import CHUNK, Connection, Door, MeetingError

if TYPE_CHECKING:
    from collections.abc import Iterator

# For those who check types: none of this is there on Windows. Importing it does no harm.
assert not TYPE_CHECKING or sys.platform != "win32"

LONGEST_FOLDER = 75
"""Bytes of the path of the folder: systems take 103 to 107 for that of a socket, whose name has 24."""
REACHED = 2.0
"""s in which a server takes a connection; one that does not is not joined."""


def join(name: str) -> Connection | None:
    """The one who is at a place; None if nobody is.

    Raises:
        MeetingError: this user has no place to meet in, or who is there does not respond.
    """
    path = _folder() / name
    with _alone(path.parent):
        return _connected(path)


def claim(name: str) -> Door | Connection:
    """Claim a place, or join the one who has it.

    Raises:
        MeetingError: this user has no place to meet in, or who is there does not respond.
    """
    path = _folder() / name
    with _alone(path.parent):
        found = _connected(path)
        if found is not None:
            return found
        with _sentences(path):
            path.unlink(missing_ok=True)
            listener = socket.socket(socket.AF_UNIX)
            try:
                listener.bind(str(path))
                path.chmod(stat.S_IRUSR | stat.S_IWUSR)
                listener.listen(64)
            except BaseException:
                listener.close()
                raise
            return _UnixDoor(listener, path)


def _folder() -> Path:
    """The folder of the sockets, of which nobody else may change anything.

    Raises:
        MeetingError: it is another user's, or cannot be made.
    """
    run = os.environ.get("XDG_RUNTIME_DIR", "")
    usual = Path(run) / "fcm"
    folder = usual if _is_own(Path(run)) and len(os.fsencode(usual)) < LONGEST_FOLDER else _in_temporary()
    with _sentences(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    if not _is_own(folder):
        raise MeetingError(f"The folder {folder} is not this user's alone. Remove it.")
    return folder


def _in_temporary() -> Path:
    folder = Path(tempfile.gettempdir()) / f"fcm-{_user()}"
    if len(os.fsencode(folder)) >= LONGEST_FOLDER:
        raise MeetingError(f"The path of {folder} is too long for a socket.")
    return folder


def _is_own(folder: Path) -> bool:
    """Whether nobody but this user can look into a folder or change it."""
    if not folder.is_absolute():
        return False
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == _user() and not status.st_mode & 0o077


def _user() -> int:
    return os.geteuid()


@contextlib.contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MeetingError(f"{path} cannot be used: {error.strerror or error}.") from error


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Inside, nobody else looks at the places in a folder or claims one; it takes moments."""
    import fcntl  # Windows has none

    with _sentences(folder):
        file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _connected(path: Path) -> Connection | None:
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(REACHED)
    try:
        one.connect(str(path))
        if not is_of_this_user(one):
            raise MeetingError(f"The program behind {path} is another user's.")
        one.settimeout(None)
    except (ConnectionRefusedError, FileNotFoundError):
        one.close()
        return None
    except OSError as error:
        one.close()
        raise MeetingError(f"The program behind {path} does not respond: {error.strerror or error}.") from error
    except BaseException:
        one.close()
        raise
    return UnixConnection(one)


def is_of_this_user(one: socket.socket) -> bool:
    """Whether the other end of a socket is of this user, as far as the system tells."""
    credentials: int | None = getattr(socket, "SO_PEERCRED", None)
    if credentials is None:
        return True
    # unix(7): struct ucred {pid_t pid; uid_t uid; gid_t gid;}
    _, user, _ = struct.unpack("3i", one.getsockopt(socket.SOL_SOCKET, credentials, struct.calcsize("3i")))
    return bool(user == _user())


class UnixConnection(Connection):
    """A connection over a socket."""

    def __init__(self, one: socket.socket) -> None:
        self.socket = one

    def receive(self) -> bytes:
        """What comes next; b"" at the end."""
        return self.socket.recv(CHUNK)

    def send(self, data: bytes | memoryview) -> None:
        """Send all."""
        self.socket.sendall(data)

    def finish(self) -> None:
        """Nothing more is sent."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """End it: whoever sends or receives is released."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class _UnixDoor(Door):
    """A place that was claimed."""

    def __init__(self, listener: socket.socket, path: Path) -> None:
        self._listener = listener
        self._path = path

    def accept(self) -> Connection | None:
        """The next one who comes; None for another user, who is sent away."""
        one, _ = self._listener.accept()
        if is_of_this_user(one):
            return UnixConnection(one)
        one.close()
        return None

    def close(self) -> None:
        """Let nobody in any more, and remove the socket."""
        with contextlib.suppress(MeetingError), _alone(self._path.parent):
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # an accept that waits ends
                self._path.unlink(missing_ok=True)
            self._listener.close()
