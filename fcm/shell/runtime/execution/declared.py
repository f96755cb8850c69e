"""Parameters that a ``param( )`` block declares, as those of a cmdlet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.shell.runtime.parameters import Param

if TYPE_CHECKING:
    from fcm.shell.language import tree

KINDS = {
    **{"string": "text", "string[]": "texts", "int": "whole", "long": "whole", "double": "number"},
    **{"switch": "switch", "bool": "truth"},
}
"""Kinds of parameter (fcm.shell.runtime.parameters.Param) for the declared types; all others take any value."""
ABSENT = {"text": "", "whole": 0, "number": 0, "switch": False, "truth": False}
"""Values of declared parameters that were not given and have no default."""


def params_of(head: tree.ParamBlock) -> tuple[Param, ...]:
    """The parameters of a function or script, in their order; switches have no place among those."""
    found = []
    for place, one in enumerate(head.parameters):
        kind = KINDS.get(one.type, "any")
        position = None if kind == "switch" else place
        free = not one.needed
        found.append(Param(one.name, kind, position, needed=one.needed, choices=one.choices, empty=free, null=free))
    return tuple(found)
