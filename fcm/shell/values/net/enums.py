"""Enumerations of .NET with their members."""

from __future__ import annotations

_AUTOMATION = "System.Management.Automation."
ENUMS: dict[str, dict[str, int]] = {
    "System.DayOfWeek": {
        **{"Sunday": 0, "Monday": 1, "Tuesday": 2, "Wednesday": 3},
        **{"Thursday": 4, "Friday": 5, "Saturday": 6},
    },
    "System.ConsoleColor": {
        name: number
        for number, name in enumerate(
            [
                "Black",
                "DarkBlue",
                "DarkGreen",
                "DarkCyan",
                "DarkRed",
                "DarkMagenta",
                "DarkYellow",
                "Gray",
                "DarkGray",
                "Blue",
                "Green",
                "Cyan",
                "Red",
                "Magenta",
                "Yellow",
                "White",
            ]
        )
    },
    "System.StringComparison": {
        name: number
        for number, name in enumerate(
            [
                "CurrentCulture",
                "CurrentCultureIgnoreCase",
                "InvariantCulture",
                "InvariantCultureIgnoreCase",
                "Ordinal",
                "OrdinalIgnoreCase",
            ]
        )
    },
    "System.MidpointRounding": {
        **{"ToEven": 0, "AwayFromZero": 1, "ToZero": 2},
        **{"ToNegativeInfinity": 3, "ToPositiveInfinity": 4},
    },
    "System.DateTimeKind": {"Unspecified": 0, "Utc": 1, "Local": 2},
    "System.StringSplitOptions": {"None": 0, "RemoveEmptyEntries": 1, "TrimEntries": 2},
    "System.Globalization.NumberStyles": {
        **{"None": 0, "AllowHexSpecifier": 512, "Integer": 7, "HexNumber": 515, "Number": 111, "Float": 167},
        "Any": 511,
    },
    "System.IO.FileAttributes": {
        **{"ReadOnly": 1, "Hidden": 2, "System": 4, "Directory": 16, "Archive": 32, "Normal": 128},
        **{"Temporary": 256, "Compressed": 2048, "Offline": 4096, "Encrypted": 16384},
    },
    f"{_AUTOMATION}ErrorCategory": {
        name: number
        for number, name in enumerate(
            [
                "NotSpecified",
                "OpenError",
                "CloseError",
                "DeviceError",
                "DeadlockDetected",
                "InvalidArgument",
                "InvalidData",
                "InvalidOperation",
                "InvalidResult",
                "InvalidType",
                "MetadataError",
                "NotImplemented",
                "NotInstalled",
                "ObjectNotFound",
                "OperationStopped",
                "OperationTimeout",
                "SyntaxError",
                "ParserError",
                "PermissionDenied",
                "ResourceBusy",
                "ResourceExists",
                "ResourceUnavailable",
                "ReadError",
                "WriteError",
                "FromStdErr",
                "SecurityError",
                "ProtocolError",
                "ConnectionError",
                "AuthenticationError",
                "LimitsExceeded",
                "QuotaExceeded",
                "NotEnabled",
            ]
        )
    },
    "System.Net.Sockets.AddressFamily": {"InterNetwork": 2, "InterNetworkV6": 23},
}
"""Enumerations of .NET with their members."""
FLAGS = {"System.IO.FileAttributes", "System.StringSplitOptions", "System.Globalization.NumberStyles"}
