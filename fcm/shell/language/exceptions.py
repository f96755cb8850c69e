"""The .NET types of exceptions that this shell knows: what ``catch [Type]`` asks for.

Names and what they derive from are those of .NET and of PowerShell's class library (System.Management.Automation); the
cmdlets of the FailoverClusters and Hyper-V modules raise one type each for all that goes wrong in the cluster. Which of
them an error is says ``fcm.shell.language.errors``.
"""

from __future__ import annotations

_AUTOMATION = "System.Management.Automation."
CLUSTER = "Microsoft.FailoverClusters.PowerShell.ClusterCmdletException"
MACHINE = "Microsoft.HyperV.PowerShell.VirtualizationException"
NOT_FOUND = f"{_AUTOMATION}ItemNotFoundException"
RUNTIME = f"{_AUTOMATION}RuntimeException"
NO_COMMAND = f"{_AUTOMATION}CommandNotFoundException"
PARAMETER = f"{_AUTOMATION}ParameterBindingException"
SYNTAX = f"{_AUTOMATION}ParseException"
CAST = f"{_AUTOMATION}PSInvalidCastException"
DIVISION = "System.DivideByZeroException"
WRITTEN = "Microsoft.PowerShell.Commands.WriteErrorException"
NO_FILE = "System.IO.FileNotFoundException"
NO_ACCESS = "System.UnauthorizedAccessException"
FILE = "System.IO.IOException"
PARAMETER_VALIDATION = f"{_AUTOMATION}ParameterBindingValidationException"
TRANSFORMATION = f"{_AUTOMATION}ArgumentTransformationMetadataException"
METHOD = f"{_AUTOMATION}MethodInvocationException"
BASES: dict[str, str] = {
    "System.Exception": "",
    "System.SystemException": "System.Exception",
    RUNTIME: "System.SystemException",
    f"{_AUTOMATION}SessionStateException": RUNTIME,
    NOT_FOUND: f"{_AUTOMATION}SessionStateException",
    NO_COMMAND: RUNTIME,
    PARAMETER: RUNTIME,
    SYNTAX: RUNTIME,
    "System.InvalidCastException": "System.SystemException",
    CAST: "System.InvalidCastException",
    "System.ArithmeticException": "System.SystemException",
    DIVISION: "System.ArithmeticException",
    NO_ACCESS: "System.SystemException",
    FILE: "System.SystemException",
    NO_FILE: FILE,
    WRITTEN: "System.SystemException",
    CLUSTER: "System.Exception",
    MACHINE: "System.Exception",
    PARAMETER_VALIDATION: PARAMETER,
    TRANSFORMATION: f"{_AUTOMATION}MetadataException",
    f"{_AUTOMATION}MetadataException": RUNTIME,
    METHOD: f"{_AUTOMATION}MethodException",
    f"{_AUTOMATION}MethodException": f"{_AUTOMATION}ExtendedTypeSystemException",
    f"{_AUTOMATION}ExtendedTypeSystemException": RUNTIME,
    f"{_AUTOMATION}SetValueException": f"{_AUTOMATION}ExtendedTypeSystemException",
    f"{_AUTOMATION}SetValueInvocationException": f"{_AUTOMATION}SetValueException",
    f"{_AUTOMATION}GetValueInvocationException": f"{_AUTOMATION}ExtendedTypeSystemException",
    f"{_AUTOMATION}ActionPreferenceStopException": RUNTIME,
    f"{_AUTOMATION}PSInvalidOperationException": "System.InvalidOperationException",
    f"{_AUTOMATION}PSArgumentException": "System.ArgumentException",
    "System.ArgumentException": "System.SystemException",
    "System.ArgumentNullException": "System.ArgumentException",
    "System.ArgumentOutOfRangeException": "System.ArgumentException",
    "System.FormatException": "System.SystemException",
    "System.IndexOutOfRangeException": "System.SystemException",
    "System.InvalidOperationException": "System.SystemException",
    "System.NotSupportedException": "System.SystemException",
    "System.NotImplementedException": "System.SystemException",
    "System.NullReferenceException": "System.SystemException",
    "System.OverflowException": "System.ArithmeticException",
    "System.OperationCanceledException": "System.SystemException",
    "System.OutOfMemoryException": "System.SystemException",
    "System.TimeoutException": "System.SystemException",
    "System.ApplicationException": "System.Exception",
    "System.Collections.Generic.KeyNotFoundException": "System.SystemException",
    "System.IO.DirectoryNotFoundException": FILE,
    "System.IO.PathTooLongException": FILE,
    "System.IO.InvalidDataException": "System.SystemException",
    "System.Text.RegularExpressions.RegexParseException": "System.ArgumentException",
    "System.Security.SecurityException": "System.SystemException",
    "System.Net.WebException": "System.InvalidOperationException",
}
"""What each type derives from; "" for the root."""
_BY_FOLD = {name.casefold(): name for name in BASES}


def exception_type(name: str) -> str:
    """The full name of a type of exception, in any case and with or without ``System.``; "" for an unknown one."""
    folded = name.strip().casefold()
    return _BY_FOLD.get(folded) or _BY_FOLD.get(f"system.{folded}", "")


def derived(name: str) -> tuple[str, ...]:
    """A type and all that it derives from, the root last."""
    found = []
    while name:
        found.append(name)
        name = BASES[name]
    return tuple(found)
