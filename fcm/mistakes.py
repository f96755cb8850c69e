"""Errors whose message is for the user: whole sentences that say what, why and what to do."""

from __future__ import annotations


class SentenceError(Exception):
    """Something cannot be done; the command line ends with exit code 1 (failed)."""


class WrongInputError(SentenceError):
    """The input is not valid; the command line ends with exit code 2 (wrong usage).

    An unknown name, or a file that does not exist, cannot be read, or has the wrong format.
    """
