"""Files with a migration: the program's own, the laboratory's, and QEMU's answers to ``query-migrate``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fcm.migration.fields import BadFileError, Fields, UnreadableFileError
from fcm.migration.recordings.laboratory_form import qemu_recording
from fcm.migration.recordings.own_form import FORMAT, from_object
from fcm.migration.recordings.query_migrate import recording_of_answers, refuse_other_words
from fcm.migration.recordings.recording import Recording
from fcm.text.textfile import RECORDING, TextFileError, parse_json, read_text

_OWN = frozenset({"format", "case", "mem", "kept"})
"""Fields by which a file of fcm or its laboratory is known."""


_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
"""How a mail or a report quotes the lines of another."""


def read_recording(path: Path | str, name: str = "") -> Recording:
    """A recording of the program, of the laboratory, or of QEMU's answers to ``query-migrate``.

    Args:
        path: the file.
        name: what messages call it; its path unless given.

    Raises:
        BadFileError: naming the file, the field and what was expected.
    """
    data = read_any(Path(path), name)
    return data if isinstance(data, Recording) else recording_from(data, name or str(path))


def read_any(path: Path, name: str = "") -> dict[str, Any] | Recording:
    """The JSON object of a file, or the recording that a file of QEMU's answers to ``query-migrate`` makes.

    Args:
        path: the file.
        name: what messages call it; its path unless given.

    Raises:
        BadFileError: naming the file, the field and what was expected.
    """
    name = name or str(path)
    data, wrong = None, None
    try:
        text = read_text(path, RECORDING)
    except TextFileError as error:
        raise UnreadableFileError(error) from error
    try:
        data = parse_json(text, path)
    except TextFileError as error:
        wrong = error
    if isinstance(data, dict) and not _OWN.isdisjoint(data):
        return data
    answers = recording_of_answers(text, path)
    if answers is None and wrong is not None and _QUOTED.search(text) is not None:
        answers = recording_of_answers(_QUOTED.sub("", text), path)
    if answers is not None:
        return answers
    if wrong is not None:
        refuse_other_words(text, name)
        raise UnreadableFileError(wrong) from wrong
    if not isinstance(data, dict):
        raise BadFileError(name, "", "a JSON object", data)
    return data


def recording_from(data: dict[str, Any], file: str) -> Recording:
    """Like ``read_recording``, from an object already read."""
    if data.get("format") == FORMAT:
        return from_object(data, file)
    return qemu_recording(Fields(data, file))
