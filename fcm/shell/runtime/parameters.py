"""Parameters of cmdlets, and those that many of them have."""

from __future__ import annotations

from dataclasses import dataclass, replace

ANY = "*"
"""In ``Param.pipes``: whatever is piped, all of it at once, an empty pipeline too."""
TEXT = "text"
"""In ``Param.pipes``: texts and numbers."""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a cmdlet."""

    name: str
    kind: str = "text"
    """One of text, texts, whole, number, switch, truth, any, block."""
    position: int | None = None
    """Its place among arguments without a name; None: it must be named."""
    aliases: tuple[str, ...] = ()
    rest: bool = False
    """True: takes all arguments without a name from its position on."""
    absent: str = ""
    """Why it is known but cannot be used here; "" if it can."""
    help: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = False
    pipes: tuple[str, ...] = ()
    """Which it takes from the pipeline: types of objects, ``TEXT``, ``ANY``."""
    of: str = ""
    """What its names mean, where objects of other kinds can stand for it (``execution.piped``); "": themselves."""
    empty: bool = False
    """True if @() is a value of it: a list of none."""
    null: bool = False
    """True if $null is a value of it."""
    by_property: bool = False
    """True if it takes a property of its name or alias from objects that scripts make (Microsoft's pages: pipeline
    input by property name); parameters that take ``TEXT`` do so as well."""
    means: str = ""
    """The parameter that it gives virtual machines by their ids (``-VMId`` instead of ``-Name``)."""


COMMON = (
    Param(
        "ErrorAction",
        aliases=("ea",),
        choices=("Continue", "SilentlyContinue", "Stop", "Ignore", "Inquire", "0", "1", "2", "4"),
    ),
    Param("WarningAction", aliases=("wa",)),
    Param("ErrorVariable", aliases=("ev",)),
    Param("OutVariable", aliases=("ov",)),
    Param("WarningVariable", aliases=("wv",)),
    Param("InformationAction", aliases=("infa",)),
    Param("InformationVariable", aliases=("iv",)),
    Param("PipelineVariable", aliases=("pv",)),
    Param("Verbose", "switch", aliases=("vb",)),
    Param("Debug", "switch", aliases=("db",)),
    Param("WhatIf", "switch", aliases=("wi",)),
    Param("Confirm", "truth", aliases=("cf",)),
)
"""Parameters that every cmdlet has."""
VM_ID = Param("VMId", "texts", help="Id of the virtual machine, as Get-VM shows it.", by_property=True, means="Name")
"""-VMId of cmdlets whose -Name names groups, resources or machines."""
CLUSTER = Param("Cluster", help="Name of the cluster. Default, or '.': the open cluster.", pipes=("Cluster",))
INPUT = Param("InputObject", "any")
"""Objects that are given as an argument instead of through the pipeline."""
OBJECTS = replace(INPUT, pipes=(ANY,))
"""The same of a cmdlet that takes objects of every kind, all at once."""


def taking(*types: str) -> Param:
    """-InputObject of a cmdlet that looks at objects of these types itself."""
    return replace(INPUT, pipes=types)
