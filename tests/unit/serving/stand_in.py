"""A program that stands where PowerShell would: it starts the server as Fcm.psm1 does and asks what was recorded.

Without a script it has a prompt: a line such as ``Get-VM -Name DC01 -WhatIf`` is one request.
Given a script whose name is that of a recorded talk, or that has one beside it, it makes the requests of that talk and
prints what is answered, as Run.ps1 would. For any other script it prints how it was started.
"""

from __future__ import annotations

import itertools
import json
import os
import readline  # noqa: F401 (input is edited with it)
import signal
import subprocess
import sys
from pathlib import Path

TALKS = Path(__file__).resolve().parent.parent.parent / "data" / "powershell"

PIECES = (("one", 1), ("two", 22))


def main() -> int:
    if "FCM_RUN" not in os.environ:
        return converse()
    about = json.loads(os.environ.pop("FCM_RUN"))
    Path(about["begun"]).touch()
    script = Path(about["script"] or "standard-input.ps1")
    talk = next((one for one in (script.with_suffix(".jsonl"), TALKS / f"{script.stem}.jsonl") if one.exists()), TALKS)
    if not about["script"] or talk == TALKS:
        text = Path(about["text"]).read_text(encoding="utf-8") if about["text"] else ""
        started = {"words": sys.argv[1:], "about": about, "text": text, "modules": _modules()}
        if "throw" in about["settings"]:
            print("\x1b[31;1mException: thrown\x1b[0m", file=sys.stderr)
            return 1
        print(about["mark"] + json.dumps({"output": started}) if about["mark"] else json.dumps(started), flush=True)
        return int(about["settings"].get("code", 0))
    return play(talk, about["mark"])


def _modules() -> str:
    return os.environ["PSModulePath"]  # noqa: SIM112 (so PowerShell writes it, and the case counts)


def play(talk: Path, mark: str) -> int:
    """Make the requests of a talk, one after the other; the exit code."""
    server = subprocess.Popen(
        json.loads(os.environ["FCM_SERVE"]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert server.stdin is not None
    assert server.stdout is not None
    asked: dict[str, int] = {"now": 0}
    pressed = False

    def stop(*_: object) -> None:
        nonlocal pressed
        pressed = True
        assert server.stdin is not None
        server.stdin.write(json.dumps({"id": asked["now"], "do": "stop"}) + "\n")
        server.stdin.flush()

    signal.signal(signal.SIGINT, stop)
    requests = [json.loads(line[2:]) for line in talk.read_text(encoding="utf-8").splitlines() if line[:1] == ">"]
    failed = 0
    for request in [{"id": 0, "do": "hello", "protocol": 1}, *requests]:
        if request["do"] == "stop" or pressed:
            continue
        asked["now"] = request["id"]
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        for line in server.stdout:
            said = json.loads(line)
            if said.get("end"):
                break
            failed += "error" in said
            show(said, mark)
        else:
            return server.wait()
    server.stdin.close()
    server.wait()
    return 130 if pressed else int(failed > 0)


def converse() -> int:
    """Read lines, each the name of a cmdlet with its parameters; the number after ``exit`` is the exit code."""
    server = subprocess.Popen(
        json.loads(os.environ["FCM_SERVE"]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    hello = {"do": "hello", "protocol": 1, "session": os.environ.get("FCM_TERMINAL", "")}
    answered(server, 0, hello)
    for number in itertools.count(1):
        try:
            line = input(f"[{os.environ['FCM_CLUSTER']}] PS> ").split()
        except KeyboardInterrupt:
            print("^C")
            continue
        if line[:1] == ["exit"]:
            return int("".join(line[1:]) or 0)
        if line[:1] == ["modules"]:
            print(_modules())
        elif line[:1] == ["start-words"]:
            print(sys.argv[1:])
        elif line:
            answered(server, number, requested(line))
    return 0


def requested(words: list[str]) -> dict[str, object]:
    """The request of a line; a parameter without a value is a switch, a first word without a parameter is the name."""
    parameters: dict[str, object] = {}
    if len(words) > 1 and not words[1].startswith("-"):
        words = [words[0], "-Name", *words[1:]]
    for at, word in enumerate(words):
        if word.startswith("-"):
            has_value = at + 1 < len(words) and not words[at + 1].startswith("-")
            parameters[word[1:]] = words[at + 1] if has_value else True
    if words[0] == "Out-GridView":
        pieces = [{"$": "object", "type": "Selected", "p": {"Name": name, "Count": count}} for name, count in PIECES]
        return {"do": "grid", "title": "Pieces", "pick": "PassThru" in parameters, "input": pieces}
    return {"do": "invoke", "cmdlet": words[0], "parameters": parameters}


def answered(server: subprocess.Popen[str], number: int, request: dict[str, object]) -> None:
    """Ask, and show what is answered."""
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps({"id": number, **request}) + "\n")
    server.stdin.flush()
    for line in server.stdout:
        said = json.loads(line)
        if said.get("end"):
            return
        show(said, "")


def show(said: dict[str, object], mark: str) -> None:
    """What Run.ps1 prints for an answer."""
    outputs = said.get("outputs")
    error, progress = said.get("error"), said.get("progress")
    if isinstance(outputs, list):
        for one in outputs:
            text = one.get("text", one) if isinstance(one, dict) else one
            print(mark + json.dumps({"output": text}) if mark else text, flush=True)
    if isinstance(error, dict):
        told = {"message": error["message"], "remedy": error["remedy"]}
        print(mark + json.dumps({"error": told}) if mark else f"{told['message']} {told['remedy']}",
              file=sys.stdout if mark else sys.stderr, flush=True)  # fmt: skip
    if isinstance(progress, list):
        print(*progress, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
