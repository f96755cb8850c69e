"""A script file as stage of a pipeline; what the common parameters of a cmdlet keep while it runs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from fcm.shell.values.net.types import ARRAY_LIST, NetList
from fcm.shell.values.values import items, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.shell.runtime.execution.frame import Frame
    from fcm.shell.runtime.execution.pipeline import Stage
    from fcm.shell.runtime.execution.running import RunningSession


class FileStage:
    """A script file as stage."""

    def __init__(self, frame: Frame, name: str, inner: Stage) -> None:
        self._frame, self._name, self._inner = frame, name, inner

    def begin(self) -> None:
        """Before the first object."""
        self._within(self._inner.begin)

    def process(self, value: Any) -> None:
        """One object."""
        self._within(lambda: self._inner.process(value))

    def end(self) -> None:
        """After the last object."""
        self._within(self._inner.end)

    def _within(self, act: Any) -> None:
        self._frame.files.append(self._name)
        try:
            act()
        finally:
            self._frame.files.pop()


class Keeping:
    """-WarningVariable, -InformationVariable and -PipelineVariable of a cmdlet while it runs."""

    def __init__(self, session: RunningSession, values: Mapping[str, Any]) -> None:
        self._session, self._values = session, values
        self.kept: dict[str, list[Any]] = {}
        self.handed = text(values.get("PipelineVariable", ""))

    def hand(self, value: Any, session: RunningSession) -> None:
        """-PipelineVariable has the object that goes on."""
        session.variables[self.handed] = value

    def __enter__(self) -> Keeping:
        self._stack = contextlib.ExitStack()
        for name, number in (("WarningVariable", 3), ("InformationVariable", 6)):
            if name in self._values:
                kept: list[Any] = []
                self.kept[name] = kept
                self._stack.enter_context(self._session.streams.keeping(number, kept))
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()
        for name, kept in self.kept.items():
            word = text(self._values[name])
            before = items(self._session.variables.get(word[1:])) if word.startswith("+") else []
            self._session.variables[word.removeprefix("+")] = NetList(ARRAY_LIST, [*before, *kept])
