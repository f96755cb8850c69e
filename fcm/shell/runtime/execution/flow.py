"""How a script leaves the place where it is: return, break, continue and exit, as exceptions of the interpreter."""

from __future__ import annotations

from typing import Any


class Leaving(Exception):  # noqa: N818 (it is no error)
    """Base of all; none of them is an error."""


class Returning(Leaving):
    """``return``: the function, block or script is over.

    Attributes:
        value: what a method of a class returns.
    """

    def __init__(self, value: Any = None) -> None:
        super().__init__()
        self.value = value


class Breaking(Leaving):
    """``break``: the innermost loop or switch is over, or the one of a label.

    Attributes:
        label: in small letters; "": the innermost.
    """

    def __init__(self, label: str = "") -> None:
        super().__init__(label)
        self.label = label


class Continuing(Breaking):
    """``continue``: the next turn of the innermost loop, or of the one of a label."""


class Exiting(Leaving):
    """``exit``: the script is over.

    Attributes:
        code: the exit code, 0 to 255.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
