"""Pipelines: each object goes through all stages before the next one begins, as in PowerShell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError
from fcm.shell.values.output import write_text
from fcm.shell.values.records import error_record
from fcm.shell.values.values import Lines, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.shell.runtime.execution.asking import Values
    from fcm.shell.runtime.execution.frame import Frame
    from fcm.shell.runtime.execution.running import RunningSession

    Emit = Callable[[Any], None]


class Stage(Protocol):
    """One command of a pipeline."""

    def begin(self) -> None:
        """Before the first object."""

    def process(self, value: Any) -> None:
        """One object."""

    def end(self) -> None:
        """After the last object."""


class Commands(Protocol):
    """What calls commands."""

    def stage(self, node: tree.Command, emit: Emit, has_input: bool, is_last: bool, shown: list[Any] | None) -> Stage:
        """A command as stage of a pipeline."""

    def of_file(self, error: OSError, at: int, command: str = "") -> ShellError:
        """The error of the shell for a file that cannot be used."""


class StopUpstreamError(Exception):
    """A stage wants no more objects.

    Attributes:
        stage: which.
    """

    def __init__(self, stage: object) -> None:
        super().__init__()
        self.stage = stage


class Sink(list[Any]):
    """A list for output that goes on at once."""

    def __init__(self, emit: Emit) -> None:
        super().__init__()
        self.emit = emit

    def append(self, value: Any) -> None:
        """One object."""
        self.emit(value)

    def extend(self, values: Iterable[Any]) -> None:
        """Several objects."""
        for value in values:
            self.emit(value)

    def __iadd__(self, values: Iterable[Any]) -> Sink:  # type: ignore[misc]
        self.extend(values)
        return self


class Pipelines:
    """Runs pipelines in one session."""

    def __init__(self, session: RunningSession, values: Values, invoker: Commands, frame: Frame) -> None:
        self._session = session
        self._values = values
        self._invoker = invoker
        self._frame = frame

    def run(self, node: tree.Pipeline, out: list[Any]) -> None:
        """Run a pipeline and add its output.

        Raises:
            ShellError: it failed; what came before is in the output.
        """
        shown = out if self._session.shows(out) else None
        several = len(node.stages) > 1 and not self._session.waits
        if several:
            joining, self._session.joining = self._session.joining, False
        failed, self._session.pipeline_failed = self._session.pipeline_failed, False
        try:
            self._run(node.stages, out, shown)
            self._session.succeeded = not self._session.pipeline_failed
        finally:
            self._session.pipeline_failed = failed
            if several:
                self._session.joining = joining

    def _run(self, nodes: tuple[tree.Node, ...], out: list[Any], shown: list[Any] | None) -> None:
        emit: Emit = out.append
        stages: list[Stage] = []
        for number in range(len(nodes) - 1, 0, -1):
            stage = self.stage(nodes[number], self.crossing(emit), True, number == len(nodes) - 1, shown)
            stages.insert(0, stage)
            emit = stage.process
        first = self.source(nodes[0], self.crossing(emit) if stages else emit, len(nodes) == 1, shown)
        for stage in stages:
            stage.begin()
        try:
            first()
        except StopUpstreamError as stop:
            if stop.stage not in stages:
                raise
            stages = stages[stages.index(stop.stage) :]
        while stages:
            stage = stages.pop(0)
            try:
                stage.end()
            except StopUpstreamError as stop:
                if stop.stage not in stages:
                    raise
                stages = stages[stages.index(stop.stage) :]

    def crossing(self, emit: Emit) -> Emit:
        """What goes on downstream runs in the scope and with the redirections of this pipeline."""
        variables, streams, frame = self._session.variables, self._session.streams, self._frame
        scope, handlers, catches = variables.current, streams.handlers, frame.catches

        def cross(value: Any) -> None:
            inner = frame.catches
            frame.catches = catches
            try:
                with variables.at(scope), streams.at(handlers):
                    emit(value)
            finally:
                frame.catches = inner

        return cross

    def source(self, node: tree.Node, emit: Emit, is_last: bool, shown: list[Any] | None) -> Callable[[], None]:
        """What runs the first stage."""
        if isinstance(node, tree.Redirected):
            return self._redirected_source(node, emit)
        if isinstance(node, tree.Command):

            def run() -> None:
                stage = self._invoker.stage(node, emit, False, is_last, shown)
                stage.begin()
                stage.end()

            return run

        def run_expression() -> None:
            for value in self._values.elements(node):
                emit(value)

        return run_expression

    def stage(self, node: tree.Node, emit: Emit, has_input: bool, is_last: bool, shown: list[Any] | None) -> Stage:
        """A stage that has one before it.

        Raises:
            ShellError: it is no command.
        """
        if isinstance(node, tree.Redirected):
            return _RedirectedStage(self, node, emit, is_last)
        if isinstance(node, tree.Command):
            return self._invoker.stage(node, emit, has_input, is_last, shown)
        raise ShellError("Only commands can follow |.", "Move it to the start of the pipeline.", node.at, "ParserError")

    # redirections

    def _redirected_source(self, node: tree.Redirected, emit: Emit) -> Callable[[], None]:
        def run() -> None:
            with _Redirecting(self, node, emit) as redirecting:
                try:
                    self.source(node.stage, redirecting.emit, False, None)()
                except ShellError as error:
                    redirecting.failed(error)

        return run

    def write(self, redirection: tree.Redirection, values: list[Any]) -> None:
        """Write values to the file; $null swallows them."""
        assert redirection.target is not None
        path = text(self._values.value(redirection.target))
        if not path:
            return
        try:
            shown = self._session.format(values)
            write_text(self._session.path(path), shown, append=redirection.append)
        except OSError as error:
            raise self._invoker.of_file(error, redirection.at) from error

    @property
    def session(self) -> RunningSession:
        """The session."""
        return self._session

    @property
    def frame(self) -> Frame:
        """Where the script is."""
        return self._frame


class _Redirecting:
    """The redirections of one stage while it runs."""

    def __init__(self, pipelines: Pipelines, node: tree.Redirected, emit: Emit) -> None:
        self._pipelines, self._node = pipelines, node
        self._outer = pipelines.crossing(emit)
        self._files: list[tuple[tree.Redirection, list[Any]]] = []
        self.handlers: dict[int, Emit] = {}
        self._output: Emit = self._outer
        for one in node.redirections:
            numbers = (2, 3, 4, 5, 6) if one.stream == 0 else (one.stream,)
            handler = self._handler(one)
            for number in numbers:
                if number == 1:
                    self._output = handler
                else:
                    self.handlers[number] = handler
            if one.stream == 0 and one.target is not None:
                self._output = handler

    def _handler(self, redirection: tree.Redirection) -> Emit:
        if redirection.target is None:
            return self._outer
        kept: list[Any] = []
        self._files.append((redirection, kept))
        return kept.append

    def emit(self, value: Any) -> None:
        """One object of the output."""
        self._output(value)

    def failed(self, error: ShellError) -> None:
        """An error that ended the stage: it goes where its stream goes, unless it must go on."""
        session = self._pipelines.session
        caught = self._pipelines.frame.catches and not error.command
        if session.ends_script(error) or caught or 2 not in self.handlers:
            raise error
        error.at = error.at if error.at >= 0 else self._node.at
        error.source = error.source or self._pipelines.frame.source
        session.errors.record(error)

    def __enter__(self) -> _Redirecting:
        self._context = self._pipelines.session.streams.redirected(self.handlers)
        self._context.__enter__()
        return self

    def __exit__(self, *problem: object) -> None:
        self._context.__exit__(None, None, None)
        for redirection, kept in self._files:
            shown = [Lines((shown_error(one),)) if redirection.stream == 2 else one for one in kept]
            self._pipelines.write(redirection, shown)


def shown_error(record: Any) -> str:
    """An error as it is written to a file."""
    error = getattr(record, "error", None)
    return error.show("") if error is not None else text(record)


class _RedirectedStage:
    """A stage with redirections that is not the first one."""

    def __init__(self, pipelines: Pipelines, node: tree.Redirected, emit: Emit, is_last: bool) -> None:
        self._redirecting = _Redirecting(pipelines, node, emit)
        self._inner = pipelines.stage(node.stage, self._redirecting.emit, True, is_last, None)
        self._session = pipelines.session

    def begin(self) -> None:
        self._guarded(self._inner.begin)

    def process(self, value: Any) -> None:
        self._guarded(lambda: self._inner.process(value))

    def end(self) -> None:
        with self._redirecting:
            try:
                self._inner.end()
            except ShellError as error:
                self._redirecting.failed(error)

    def _guarded(self, act: Callable[[], None]) -> None:
        with self._session.streams.redirected(self._redirecting.handlers):
            try:
                act()
            except ShellError as error:
                self._redirecting.failed(error)


__all__ = ["Pipelines", "Sink", "Stage", "StopUpstreamError", "error_record"]
