"""What the interpreter may ask of the session whose scripts it runs, beside what each call may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fcm.shell.runtime.call import Errors, Script, Session

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from fcm.shell.language import tree
    from fcm.shell.language.errors import ShellError
    from fcm.shell.runtime.call import Cmdlet


class RunningScript(Script, Protocol):
    """The script that runs in a session, as the interpreter sees it."""

    def captured(self, block: tree.ScriptBlock) -> dict[str, Any] | None:
        """The variables that a closure keeps; None: it is none."""

    def capture(self, block: tree.ScriptBlock, values: dict[str, Any]) -> None:
        """A block becomes a closure with these variables."""

    def run_method(self, block: tree.ScriptBlock, names: list[str], values: list[Any], this: Any) -> Any:
        """What a method of a script's class returns."""

    def define_function(self, name: str, value: Any) -> None:
        """``$function:name = { ... }``."""

    @property
    def origin(self) -> tree.Source:
        """The text that runs right now: what was given, or a script file."""


class RunningErrors(Errors, Protocol):
    """The errors of a session, as the interpreter sees them."""

    def note(self, error: ShellError, keep: bool = ...) -> None:
        """Count an error, and keep it in ``$Error``."""


class RunningSession(Session, Protocol):
    """A session as the interpreter and the submission of commands see it."""

    exit_code: int
    succeeded: bool
    on_error: Callable[[ShellError, str], None]
    on_confirm: Callable[[str], bool] | None

    @property
    def script(self) -> RunningScript:
        """The script that runs."""

    @property
    def errors(self) -> RunningErrors:
        """Its errors."""

    @property
    def source(self) -> str:
        """The text that was given to run."""

    def show_so_far(self) -> None:
        """Show the output that is there."""

    def shows(self, out: list[Any]) -> bool:
        """Whether what is put into a list is shown as it comes."""

    def command(self, name: str, at: int = ...) -> Cmdlet:
        """The function or cmdlet of a name."""

    def item(self, value: Any) -> AbstractContextManager[None]:
        """``$_`` has this value."""

    def count_turn(self) -> None:
        """One more turn of a loop or block."""

    def ends_script(self, error: ShellError) -> bool:
        """Whether the statements after an error are not carried out."""

    def format(self, values: list[Any], width: int = ...) -> str:
        """Values as text."""
