"""Whether a destination answers, tried from this computer: what is an answer, in which words, and how long it took."""

from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING, NoReturn

import pytest

from fcm.backend.libvirt.paths import probe as probing
from fcm.backend.libvirt.paths.probe import probe
from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Callable

HOME = "127.0.0.1"


def refusing(error: Exception) -> Callable[..., NoReturn]:
    def connect(*words: object, **named: object) -> NoReturn:
        raise error

    return connect


def test_a_host_that_listens_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((HOME, 0)) as server:
        monkeypatch.setattr(probing, "MIGRATION_PORT", server.getsockname()[1])
        found = probe(HOME)
        server.accept()[0].close()
    assert (found.reached, found.text) == (True, "answered")
    assert 0.0 <= found.duration < stretched(PATIENCE)


def test_the_port_is_the_first_one_of_qemu_s_migrations_and_the_limit_is_that_of_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """qemu.conf, migration_port_min."""
    asked: list[object] = []

    def connect(place: object, timeout: float) -> NoReturn:
        asked.append((place, timeout))
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    probe("10.1.0.2")
    probe("10.1.0.2", limit=0.25)
    assert asked == [(("10.1.0.2", 49152), 1.0), (("10.1.0.2", 49152), 0.25)]


@pytest.mark.parametrize(
    ("error", "reached", "words"),
    [
        (ConnectionRefusedError(), True, "answered"),
        (TimeoutError(), False, "no response within 1 s"),
        (OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH)), False, "no route to the host"),
        (OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH)), False, "no route to the host"),
        (OSError(errno.EACCES, os.strerror(errno.EACCES)), False, "Permission denied"),
        (OSError("said without a number"), False, "said without a number"),
    ],
)
def test_a_refusal_is_an_answer_and_all_else_says_why_there_was_none(
    monkeypatch: pytest.MonkeyPatch, error: Exception, reached: bool, words: str
) -> None:
    monkeypatch.setattr(socket, "create_connection", refusing(error))
    found = probe(HOME)
    assert (found.reached, found.text) == (reached, words)
    assert 0.0 <= found.duration < stretched(PATIENCE)


def test_a_namespace_that_does_not_exist_is_said() -> None:
    found = probe(HOME, namespace="fcm-there-is-none")
    assert not found.reached
    assert found.text
    assert 0.0 <= found.duration < stretched(PATIENCE)
