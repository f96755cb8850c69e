"""A parser of arguments that says what is wrong in the words of this program, without Python's quotes and types."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_NUMBERS: tuple[tuple[Callable[[str], float], str], ...] = ((int, "a whole number"), (float, "a number"))


class Parser(argparse.ArgumentParser):
    """As argparse's; parsers below it are of the same class."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(None, _unknown(action, str(value), action.choices))

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        for kind, wanted in _NUMBERS:
            if action.type is kind:
                try:
                    return kind(arg_string)
                except ValueError:
                    raise argparse.ArgumentError(action, f"{quoted(arg_string)} is not {wanted}.") from None
        return super()._get_value(action, arg_string)


def _unknown(action: argparse.Action, value: str, choices: Iterable[object]) -> str:
    what = action.metavar if isinstance(action.metavar, str) else action.dest
    known = ", ".join(word for word in map(str, choices) if not word.startswith("_"))  # as in Python: not for others
    return f"There is no {what.lower()} {quoted(value)}. Choose one of: {known}."
