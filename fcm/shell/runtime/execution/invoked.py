"""One cmdlet, called by a program that has a language of its own: no text is parsed, each input stands for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ShellError
from fcm.shell.runtime.call import Call
from fcm.shell.runtime.execution.binding import bind
from fcm.shell.runtime.execution.piped import bound
from fcm.shell.values.values import items, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.shell.runtime.call import Cmdlet
    from fcm.shell.runtime.execution.binding import Argument
    from fcm.shell.runtime.execution.running import RunningSession

_LOOKS = ("get", "test", "measure")
"""Verbs that change nothing: a name that is missing is an error of its own, the other names are looked at."""


def invoked(
    session: RunningSession,
    name: str,
    arguments: list[Argument],
    given: list[Any],
    has_input: bool,
    sink: list[Any],
) -> Iterator[Any]:
    """Call a cmdlet; gives its output as it comes.

    Args:
        session: what runs it; errors of single inputs are recorded there.
        name: the cmdlet.
        arguments: each with the name of its parameter; for programs such as wevtutil their words without names.
        given: what was piped.
        has_input: whether something stands before it in the pipeline.
        sink: what is put here is shown before the next wait.

    Raises:
        ShellError: the arguments fit no call, or the user ended it.
    """
    cmdlet = session.command(name)
    try:
        values = {"Arguments": [text(one.value) for one in arguments]} if cmdlet.raw else bind(cmdlet, arguments)
        calls, unbound = bound(cmdlet, values, given, has_input, session.workspace.state)
    except ShellError as error:
        error.ends = True  # as errors of arguments do in PowerShell; those of single inputs do not
        raise _of(error, cmdlet) from None
    for one in unbound:
        _record(session, one, cmdlet)
    for several in calls:
        for single in _singles(cmdlet, several):
            session.check_stopped()
            call = Call(session, cmdlet, single, given, -1, has_input, True, sink=sink)
            try:
                yield from cmdlet.body(call)
            except ShellError as error:
                if session.is_stop(error) or error.ends:
                    raise _of(error, cmdlet) from error
                _record(session, error, cmdlet)
            except OSError as error:
                where = f" {error.filename}" if error.filename else ""
                failed = ShellError(f"{error.strerror or error}:{where}", "Check the path and its permissions.")
                failed.__cause__ = error
                _record(session, failed, cmdlet)


def _singles(cmdlet: Cmdlet, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The same call once for each of several names, where looking at one more often does no harm."""
    if cmdlet.name.partition("-")[0].casefold() not in _LOOKS:
        return [values]
    for param in cmdlet.parameters:
        if param.name == "Name" and param.kind == "texts" and len(names := items(values.get("Name"))) > 1:
            return [values | {"Name": [name]} for name in names]
    return [values]


def _record(session: RunningSession, error: ShellError, cmdlet: Cmdlet) -> None:
    session.show_so_far()  # what came before the error is seen before it
    session.errors.record(_of(error, cmdlet))


def _of(error: ShellError, cmdlet: Cmdlet) -> ShellError:
    error.command, error.module = error.command or cmdlet.name, error.module or cmdlet.module
    return error
