"""Errors whose message is for the user: whole sentences that say what, why and what to do."""

from __future__ import annotations


class SentenceError(Exception):
    """Something cannot be done; the command line ends with exit code 1 (failed)."""


class WrongInputError(SentenceError):
    """What was typed or named cannot be meant; the command line ends with exit code 2 (wrong usage).

    A name that nothing has, a file that is not there, cannot be read or is not of the form that is asked for.
    """
