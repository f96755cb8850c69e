"""Get-Random and New-Guid."""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.selecting import CORE, pipeline_input
from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.shell.runtime.parameters import OBJECTS, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.net.objects import Guid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call


@cmdlet(
    "Get-Random",
    Param("Maximum", "any", position=0),
    Param("Minimum", "any"),
    Param("Count", "whole"),
    OBJECTS,
    synopsis="Gets a random number, or random ones of some objects.",
    example="Get-Random -Minimum 1 -Maximum 7",
    module=CORE,
)
def get_random(call: Call) -> Iterable[Any]:
    """Chance.

    Raises:
        ShellError: it cannot be done.
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if call.has_input or call.has("InputObject"):
        given = pipeline_input(call)
        count = call.count("Count")
        return random.sample(given, min(count or 1, len(given)))
    low, high = call.values.get("Minimum", 0), call.values.get("Maximum", 2**31 - 1)
    if not isinstance(low, int) or not isinstance(high, int):
        raise UnsupportedError("Get-Random with fractions")
    if low >= high:
        raise ShellError("The minimum is not below the maximum.", "Choose a greater maximum.")
    return [random.randrange(low, high) for _ in range(call.count("Count") or 1)]


@cmdlet("New-Guid", synopsis="Creates a GUID.", example="New-Guid", module=CORE)
def new_guid(call: Call) -> Iterable[Any]:
    """A new one."""
    return [Guid(uuid.uuid4())]
