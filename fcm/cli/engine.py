"""Runs a script with a real PowerShell, fcm's modules in front of all others.

What PowerShell does is in resources/powershell/Run.ps1, which is told by one variable what is to be run.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcm.powershell import FORBIDDEN, Target, begin, check_policy, environment, quoted
from fcm.text.terminal import is_unicode
from fcm.text.textfile import SCRIPT, TextFileError, decoded, read_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from types import FrameType

DONE, FAILED, WRONG_USAGE = 0, 1, 2
WIDTH = 80
"""Characters of a line where the output is no terminal, as the built-in shell has it."""
_NAMED = re.compile(r"-([A-Za-z_]\w*)(?::(.*))?\Z", re.DOTALL)
_TRUTHS = ("$true", "$false")
NOT_BEGUN = (
    "PowerShell did not run the script that fcm starts it with, so nothing was done. Remedy what PowerShell says, or "
    "use the built-in shell: fcm run --engine built-in"
)
"""What is said where PowerShell ended before: it is broken, or something else than a group policy forbids scripts."""
_SECURITY = re.compile("about_Execution_Policies|PSSecurityException|UnauthorizedAccess")
"""What PowerShell says in every language where it may not run a script."""
_COLORS = re.compile(r"\x1b\[[0-9;]*m")


def spelled(words: Iterable[str]) -> str:
    """The words of a command line as PowerShell's own text: names of parameters bare, all others quoted.

    As with ``-File`` of powershell.exe every value is a text, but for ``-Switch:$true``.
    """
    return " ".join(_spelled(word) for word in words)


def _spelled(word: str) -> str:
    match = _NAMED.match(word)
    if match is None:
        return quoted(word)
    if match[2] is None:
        return f"-{match[1]}"
    return f"-{match[1]}:{match[2] if match[2].casefold() in _TRUTHS else quoted(match[2])}"


def run_with(program: str, arguments: argparse.Namespace) -> int:
    """Run the script of the verb ``run``; the exit code.

    Args:
        program: the path of PowerShell.
        arguments: those of the verb.

    Raises:
        ForbiddenError: a group policy keeps PowerShell from running it.
    """
    from fcm.resources import path

    check_policy(program)

    script = arguments.script
    try:
        text = _standard_input() if script == "-" else read_text(Path(script), SCRIPT)
    except TextFileError as error:
        what = "Standard input" if script == "-" else script
        print(f"{what} cannot be read: {error.reason}", file=sys.stderr)
        return WRONG_USAGE
    folder = path("powershell")
    with tempfile.TemporaryDirectory(prefix="fcm-run-") as private:
        told: dict[str, Any] = {
            "script": os.path.abspath(script) if script != "-" else "",
            "text": "",
            "words": spelled(arguments.words),
            "settings": dict(arguments.settings),
            "width": 0 if sys.stdout.isatty() else WIDTH,
            "mark": secrets.token_hex(16) if arguments.json else "",
            "begun": str(Path(private) / "begun"),
        }
        if script == "-":
            told["text"] = str(Path(private) / "script.txt")
            Path(told["text"]).write_text(text, encoding="utf-8", newline="")
        command = [*begin(program, "-NoProfile"), "-File", str(folder / "Run.ps1")]
        target = Target(arguments.cluster, arguments.speed, arguments.fresh)
        return _carried_out(command, environment(target, folder) | {"FCM_RUN": json.dumps(told)}, told, script)


def _standard_input() -> str:
    raw = getattr(sys.stdin, "buffer", None)
    return sys.stdin.read() if raw is None else decoded(raw.read(SCRIPT.most + 1), Path("-"))


def _carried_out(command: Sequence[str], variables: dict[str, str], told: dict[str, Any], script: str) -> int:
    mark, begun = told["mark"], Path(told["begun"])
    process = subprocess.Popen(
        command,
        env=variables,
        stdin=subprocess.DEVNULL if script == "-" else None,
        stdout=subprocess.PIPE if mark else None,
        stderr=subprocess.PIPE if mark else None,
    )
    with _Interruption(process) as interruption:
        code = _as_json(process, mark.encode(), begun) if mark else process.wait()
    if interruption.count:
        print("Ended.", file=sys.stderr)
        return FAILED
    if not begun.exists() and not mark:
        print(NOT_BEGUN, file=sys.stderr)
        return FAILED
    return code if code >= 0 else FAILED


class _Interruption:
    """While it holds, Ctrl+C is PowerShell's, which gets it from the terminal; the second ends PowerShell, if need be.

    ``count``: how often it was pressed.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.count = 0

    def __enter__(self) -> _Interruption:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._pressed)
        return self

    def __exit__(self, *_: object) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._before)

    def _pressed(self, _signal: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self.count == 2:
            self._process.terminate()
        elif self.count > 2:
            self._process.kill()


def _as_json(process: subprocess.Popen[bytes], mark: bytes, begun: Path) -> int:
    """Print what the lines with the mark say as one document; all others go to standard error.

    What PowerShell says before it runs anything (``begun`` is a file from then on) is in the document alone.
    """
    errors: list[bytes] = []
    assert process.stdout is not None
    assert process.stderr is not None
    told = threading.Thread(target=_pass_on, args=(process.stderr, errors, begun), name="run-errors", daemon=True)
    told.start()
    output: list[Any] = []
    failed: list[dict[str, str]] = []
    for line in process.stdout:
        if not line.startswith(mark):
            _say(line)
            continue
        said = json.loads(line[len(mark) :])
        if "error" in said:
            failed.append({"message": said["error"]["message"] or "", "remedy": said["error"]["remedy"] or ""})
        else:
            output.append(said.get("output"))
    code = process.wait()
    told.join()
    process.stdout.close()
    process.stderr.close()
    if not begun.exists():
        words = _COLORS.sub("", b"".join(errors).decode("utf-8", "replace")).strip()
        failed.append({"message": FORBIDDEN if _SECURITY.search(words) else f"{NOT_BEGUN}\n{words}", "remedy": ""})
        print(failed[0]["message"], file=sys.stderr)
        code = FAILED
    elif code == FAILED and not failed:
        # What a script throws ends PowerShell, which says it only in words.
        words = _COLORS.sub("", b"".join(errors).decode("utf-8", "replace")).strip()
        failed.append({"message": words, "remedy": ""})
    if code != WRONG_USAGE:
        document = {"output": output, "errors": failed}
        print(json.dumps(document, ensure_ascii=not is_unicode(sys.stdout), indent=2), flush=True)
    return code


def _pass_on(stream: Any, kept: list[bytes], begun: Path) -> None:
    is_begun = False
    for line in stream:
        kept.append(line)
        is_begun = is_begun or begun.exists()
        if is_begun:
            _say(line)


def _say(line: bytes) -> None:
    sys.stderr.write(line.decode("utf-8", "replace"))
    sys.stderr.flush()
