"""How a script leaves the place where it is: return, break, continue and exit, as exceptions of the interpreter."""

from __future__ import annotations


class Leaving(Exception):  # noqa: N818 (it is no error)
    """Base of all; none of them is an error."""


class Returning(Leaving):
    """``return``: the function, block or script is over."""


class Breaking(Leaving):
    """``break``: the innermost loop or switch is over."""


class Continuing(Leaving):
    """``continue``: the next turn of the innermost loop."""


class Exiting(Leaving):
    """``exit``: the script is over.

    Attributes:
        code: the exit code, 0 to 255.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
