"""Doing something without the privileges of root, whoever runs the tests."""

from __future__ import annotations

import ctypes
import os
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_VERSION_3 = 0x20080522
"""linux/capability.h, _LINUX_CAPABILITY_VERSION_3."""
_OVERRIDE, _READ_SEARCH = 1, 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: with them modes of files mean nothing."""


def as_ordinary_user(function: Callable[[], T]) -> T:
    """What ``function`` returns where the modes of files hold; the files are those of whoever runs the tests.

    It runs in a thread of its own: privileges belong to a thread, and threads that it starts have no more.
    """
    result: list[T] = []
    error: list[BaseException] = []

    def run() -> None:
        try:
            if os.geteuid() == 0:
                _give_up_privileges()
            result.append(function())
        except BaseException as caught:
            error.append(caught)

    thread = threading.Thread(target=run, name="ordinary user")
    thread.start()
    thread.join()
    if error:
        raise error[0]
    return result[0]


def _give_up_privileges() -> None:
    """Of this thread, for good (capset(2))."""
    library = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable of the first 32 capabilities, then the rest
    if library.capget(header, data):
        raise OSError(ctypes.get_errno(), "capget failed")
    for word in range(3):
        data[word] &= ~(1 << _OVERRIDE | 1 << _READ_SEARCH) & 0xFFFFFFFF
    if library.capset(header, data):
        raise OSError(ctypes.get_errno(), "capset failed")
