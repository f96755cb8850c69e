"""try, catch, finally, throw and trap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.shell.language.exceptions import BASES, METHOD, derived
from fcm.shell.runtime.execution.flow import Breaking, Continuing
from fcm.shell.values.records import ErrorRecord, ExceptionObject, error_record
from fcm.shell.values.values import folded, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.shell.language import tree
    from fcm.shell.runtime.execution.asking import Values
    from fcm.shell.runtime.execution.frame import Frame
    from fcm.shell.runtime.execution.running import RunningSession


class Runner(Protocol):
    """What runs the statements inside."""

    def into(self, statements: Sequence[tree.Node], out: list[Any]) -> None:
        """Run the statements of a block."""

    def collected(self, node: tree.Node) -> list[Any]:
        """Output of one statement."""


class Catcher:
    """Deals with errors in one session."""

    def __init__(self, session: RunningSession, values: Values, runner: Runner, frame: Frame) -> None:
        self._session, self._values, self._runner, self._frame = session, values, runner, frame
        self._caught: list[ShellError] = []
        """Errors whose catch blocks run, the innermost last."""

    def thrown(self, value: tree.Node | None, at: int) -> ShellError:
        """What ``throw`` raises: its text, its exception, or an error that was caught, as it was."""
        if value is None and self._caught:
            again = self._caught[-1]
            again.ends = True
            return again
        values = [] if value is None else self._runner.collected(value)
        given = folded(values)
        if isinstance(given, ErrorRecord) and given.error is not None:
            given.error.ends = True
            return given.error
        error = self._of_value(given, bool(values))
        error.at, error.ends = at, True
        return error

    def _of_value(self, given: Any, there: bool) -> ShellError:
        if isinstance(given, ExceptionObject):
            error = ShellError(text(given.get("Message")), "", category="OperationStopped")
            error.net_type = text(given.properties.get("Type")) or "System.Exception"
            error.exact, error.thrown = True, given
            error.known_id = error.message
            return error
        error = ShellError(text(given) if there else "ScriptHalted", "", category="OperationStopped")
        error.exact, error.known_id = True, error.message
        error.thrown = given
        return error

    def attempt(self, node: tree.Try, out: list[Any]) -> None:
        """``try { } catch { } finally { }``."""
        trying = self._frame.catches
        try:
            self._frame.catches = trying + 1
            self._runner.into(node.body, out)
        except ShellError as error:
            self._frame.catches = trying
            error.source = error.source or self._frame.source
            clause = None if self._is_final(error) else self._catching(node.catches, error)
            if clause is None:
                raise
            self._unwrapped(clause, error)
            self._session.errors.note(error)
            self._caught.append(error)
            try:
                with self._session.item(error_record(error)):
                    self._runner.into(clause.body, out)
            finally:
                self._caught.pop()
        finally:
            self._frame.catches = trying
            if node.final:
                with self._session.to_the_end():
                    self._runner.into(node.final, out)

    @staticmethod
    def _unwrapped(clause: tree.Catch, error: ShellError) -> None:
        """Where a clause names the exception inside, that is the one that it gets."""
        if not clause.types or not error.inner or error.record is not None:
            return
        if not {METHOD, *derived(METHOD)}.isdisjoint(clause.types):
            return
        error.net_type, error.inner = error.inner, ""

    def _is_final(self, error: ShellError) -> bool:
        """Whether no script may deal with an error: the user ended it, or this shell cannot go on rightly."""
        return self._session.is_stop(error) or isinstance(error, UnsupportedError)

    def _catching(self, clauses: Sequence[tree.Catch], error: ShellError) -> tree.Catch | None:
        """The first clause that takes an error; None if none does."""
        found = caught_as(error)
        for one in clauses:
            if not one.types or any(self._full(name, one.at) in found for name in one.types):
                return one
        return None

    def _full(self, name: str, at: int) -> str:
        """The full name of a type of exceptions; one that this shell does not know is refused."""
        return name if name in BASES else self._values.types.named(name, at).name

    def trapped(self, traps: Sequence[tree.Trap], error: ShellError, out: list[Any]) -> bool:
        """Whether a trap dealt with an error so that the next statement goes on.

        Raises:
            ShellError: the trap ended with break.
        """
        if self._is_final(error):
            return False
        found = caught_as(error)
        typed = [one for one in traps if one.types and any(self._full(name, one.at) in found for name in one.types)]
        chosen = (typed or [one for one in traps if not one.types])[:1]
        if not chosen:
            return False
        self._session.errors.note(error)
        try:
            with self._session.item(error_record(error)):
                self._runner.into(chosen[0].body, out)
        except Continuing:
            return True
        except Breaking:
            error.ends = True
            raise error from None
        self._session.errors.record(error)
        return True


def caught_as(error: ShellError) -> frozenset[str]:
    """All types that catch an error, those of a class of the script too."""
    thrown = error.thrown
    own = thrown.types if isinstance(thrown, ExceptionObject) else frozenset[str]()
    return error.caught_as() | own
