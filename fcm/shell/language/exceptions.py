"""The .NET names of this shell's errors: what ``catch [Type]`` asks for and ``$_.Exception.GetType()`` tells.

Names and what they derive from are those of .NET and of PowerShell's class library (System.Management.Automation); the
cmdlets of the FailoverClusters and Hyper-V modules raise one type each for all that goes wrong in the cluster.
"""

from __future__ import annotations

from fcm.shell.language.errors import (
    CommandNotFoundError,
    ConversionError,
    DivisionError,
    NotFoundError,
    ParameterError,
    RefusedError,
    ShellError,
    ShellSyntaxError,
)

_AUTOMATION = "System.Management.Automation."
CLUSTER = "Microsoft.FailoverClusters.PowerShell.ClusterCmdletException"
MACHINE = "Microsoft.HyperV.PowerShell.VirtualizationException"
NOT_FOUND = f"{_AUTOMATION}ItemNotFoundException"
RUNTIME = f"{_AUTOMATION}RuntimeException"
NO_FILE = "System.IO.FileNotFoundException"
NO_ACCESS = "System.UnauthorizedAccessException"
FILE = "System.IO.IOException"
BASES: dict[str, str] = {
    "System.Exception": "",
    "System.SystemException": "System.Exception",
    RUNTIME: "System.SystemException",
    f"{_AUTOMATION}SessionStateException": RUNTIME,
    NOT_FOUND: f"{_AUTOMATION}SessionStateException",
    f"{_AUTOMATION}CommandNotFoundException": RUNTIME,
    f"{_AUTOMATION}ParameterBindingException": RUNTIME,
    f"{_AUTOMATION}ParseException": RUNTIME,
    "System.InvalidCastException": "System.SystemException",
    f"{_AUTOMATION}PSInvalidCastException": "System.InvalidCastException",
    "System.ArithmeticException": "System.SystemException",
    "System.DivideByZeroException": "System.ArithmeticException",
    NO_ACCESS: "System.SystemException",
    FILE: "System.SystemException",
    NO_FILE: FILE,
    "Microsoft.PowerShell.Commands.WriteErrorException": "System.SystemException",
    CLUSTER: "System.Exception",
    MACHINE: "System.Exception",
}
"""What each type derives from; "" for the root."""
_BY_FOLD = {name.casefold(): name for name in BASES}
_BY_ERROR: tuple[tuple[type[ShellError], str, str], ...] = (
    (CommandNotFoundError, f"{_AUTOMATION}CommandNotFoundException", "CommandNotFoundException"),
    (ParameterError, f"{_AUTOMATION}ParameterBindingException", "ParameterBindingFailed"),
    (ShellSyntaxError, f"{_AUTOMATION}ParseException", "ParseError"),
    (ConversionError, f"{_AUTOMATION}PSInvalidCastException", "InvalidCast"),
)
"""Kinds of errors with a type of their own, and how their ids begin."""


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


def exception_of(error: ShellError) -> str:
    """The full name of the type that an error has in PowerShell."""
    for kind, name, _ in _BY_ERROR:
        if isinstance(error, kind):
            return name
    if isinstance(error, NotFoundError | RefusedError):
        if error.module == "Hyper-V":
            return MACHINE
        return CLUSTER if isinstance(error, RefusedError) or error.module == "FailoverClusters" else NOT_FOUND
    cause = error.__cause__
    if isinstance(cause, FileNotFoundError):
        return NOT_FOUND
    if isinstance(cause, PermissionError):
        return NO_ACCESS
    if isinstance(cause, OSError):
        return FILE
    return "Microsoft.PowerShell.Commands.WriteErrorException" if error.command == "Write-Error" else RUNTIME


def exceptions_of(error: ShellError) -> frozenset[str]:
    """All types that catch an error.

    Besides its own and what that derives from: PowerShell looks through its RuntimeException at the one inside, as with
    a division by zero; and what is not found is an ItemNotFoundException here whichever cmdlet missed it, so that a
    script need not know which module that is from.
    """
    found = {*derived(exception_of(error))}
    if isinstance(error, NotFoundError):
        found |= {*derived(NOT_FOUND)}
    if isinstance(error, DivisionError):
        found |= {*derived("System.DivideByZeroException")}
    if isinstance(error.__cause__, FileNotFoundError):
        found |= {*derived(NO_FILE)}
    return frozenset(found)


def error_id(error: ShellError) -> str:
    """``$_.FullyQualifiedErrorId``: what went wrong, and after a comma the cmdlet, as Windows calls its class."""
    name = next((begin for kind, _, begin in _BY_ERROR if isinstance(error, kind)), "")
    if not name and isinstance(error, NotFoundError):
        name = "ObjectNotFound"
    if not name and isinstance(error, RefusedError):
        name = error.command
    if not name:
        # PowerShell takes the text of throw for the id.
        name = error.message if error.category == "OperationStopped" else exception_of(error).rpartition(".")[2]
    if not error.command or isinstance(error, CommandNotFoundError):
        return name or "RuntimeException"
    noun = error.command.replace("-", "")
    module = {"FailoverClusters": "Microsoft.FailoverClusters.PowerShell.", "Hyper-V": "Microsoft.HyperV.PowerShell."}
    return f"{name},{module[error.module]}{noun}Command" if error.module in module else f"{name},{error.command}"
