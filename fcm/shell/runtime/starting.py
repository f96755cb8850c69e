"""Variables that a session has from its beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.values.net.objects import Version
from fcm.shell.values.net.types import ARRAY_LIST, NetList

if TYPE_CHECKING:
    from collections.abc import Iterator


def starting_variables() -> Iterator[tuple[str, Any]]:
    """Names and values."""
    yield "ErrorActionPreference", "Continue"
    yield "WarningPreference", "Continue"
    yield "VerbosePreference", "SilentlyContinue"
    yield "DebugPreference", "SilentlyContinue"
    yield "InformationPreference", "SilentlyContinue"
    yield "ProgressPreference", "Continue"
    yield "ConfirmPreference", "High"
    yield "WhatIfPreference", False
    yield "FormatEnumerationLimit", 4
    yield "Error", NetList(ARRAY_LIST)
    yield "?", True
    yield "LASTEXITCODE", 0
    yield "PSScriptRoot", ""
    yield "PSCommandPath", ""
    version = Version((7, 6))
    yield "PSVersionTable", {"PSVersion": version, "PSEdition": "Core", "BuildVersion": "fcm"}
