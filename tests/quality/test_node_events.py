"""What nodes write: every key that the program uses is in resources/events/failures.toml, with its fields."""

from __future__ import annotations

import ast
from string import Formatter

from fcm.logs.channels import CHANNELS
from fcm.logs.describe import LEVELS
from fcm.logs.node_events import node_events
from fcm.logs.records import catalog
from tests.quality.source import calls, place, python_files

EVERYWHERE = {"writer"}
"""Fields that every sentence may use."""
MAY_BE_ABSENT = {"text", "waits_for"}


def _written() -> list[tuple[str, str, set[str] | None]]:
    """Place, key and fields of every ``core.log("key", node, field=...)``; None: the fields are not written out."""
    found: list[tuple[str, str, set[str] | None]] = []
    for file in python_files("fcm/backend/embedded"):
        for name, call in calls(file):
            written = ast.unparse(call.func)
            if name != "log" or not (written.endswith("core.log") or written == "self.log"):
                continue
            keys = [node.value for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)]
            names = [keyword.arg for keyword in call.keywords]
            fields = None if None in names else {name for name in names if name is not None}
            found += [(place(file, call), str(key), fields) for key in keys if isinstance(key, str)]
    return found


def _handed_on() -> list[tuple[str, str]]:
    """Place and key of what somebody else writes: ``services.end(node, "1177", ...)``, ``logged=("3122", ...)``."""
    found = []
    for file in python_files("fcm/backend/embedded", "fcm/model/rules"):
        for name, call in calls(file):
            ends = name == "end" and "membership" in file.parts
            given = call.args[1:] if ends else [one.value for one in call.keywords if one.arg == "logged"]
            texts = [node.value for value in given for node in ast.walk(value) if isinstance(node, ast.Constant)]
            found += [(place(file, call), text) for text in texts if isinstance(text, str)]
    return found


def test_every_key_that_is_written_is_known() -> None:
    keys = [(where, key) for where, key, _ in _written()] + _handed_on()
    unknown = [(where, key) for where, key in keys if key not in node_events().entries]
    assert not unknown, unknown


def test_every_written_event_has_the_fields_that_its_sentence_speaks_of() -> None:
    known = node_events()
    wrong = []
    for where, key, fields in _written():
        words = known.entries.get(key)
        if words is None or fields is None:
            continue
        given = {known.field(name) for name in fields} | set(words.defaults)
        given |= {"machine", "resource"} if given & {"machine", "resource"} else set()
        used = {name for _, name, _, _ in Formatter().parse(words.text) if name}
        unknown = given - set(words.fields) - {"machine", "resource"}
        if unknown:
            wrong.append(f"{where}: {key} has no {sorted(unknown)}")
        missing = used - given - MAY_BE_ABSENT - EVERYWHERE
        if missing:
            wrong.append(f"{where}: {key} misses {sorted(missing)}")
    assert not wrong, "\n".join(wrong)


def test_every_entry_is_whole() -> None:
    providers, _ = catalog()
    channels = {channel.name for channel in CHANNELS}
    wrong = []
    for key, words in node_events().entries.items():
        texts = (words.text, *(line.text for line in words.lines), *(line.component for line in words.lines))
        used = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
        if used - set(words.fields) - EVERYWHERE:
            wrong.append(f"{key} speaks of {used - set(words.fields)}")
        if {words.level, words.level_2008_r2} - set(LEVELS) or not words.text.rstrip("}").endswith((".", "{text")):
            wrong.append(f"{key}: level or sentence")
        if words.source not in providers or words.channel not in channels or not words.until.at_least(words.since):
            wrong.append(f"{key}: source or log")
        if not words.id and not words.lines:
            wrong.append(f"{key} is nowhere")
    assert not wrong, wrong


def test_numbers_of_windows_are_those_of_the_key() -> None:
    differing = {key for key, words in node_events().entries.items() if words.id and key.split("-")[0] != str(words.id)}
    assert differing == {"incoming-aborted"}
