"""What a PowerShell waits for: the start of its server, one call, and all machines of a large cluster.

Aims: start to first answer under 0.7 s, under 1 ms of our own for a call at 12 machines, 8,000 machines sent in under
1 s. Each has a companion that a busy computer slows as much: an empty Python, a program that sends each line back as it
is, and Python's own JSON of the same answers. The ratios decide: where the companions have the times of an idle
computer, they are the aims.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.scale import cluster_file

STARTS, CALLS, TIMES = 7, 300, 5
EMPTY = 0.011
"""s of an empty Python on an idle computer."""
AIM_START, AIM_CALL, AIM_ALL = 0.7, 0.001, 1.0
"""s, see above."""
JSON_ALL = 0.1
"""s of Python's JSON, written and read, for 8,000 machines on an idle computer."""
SERVE = "import sys; from fcm.cli.main import main; sys.exit(main(['serve', '--stdio', *sys.argv[1:]]))"
ECHO = "import sys\nfor line in sys.stdin.buffer: sys.stdout.buffer.write(line); sys.stdout.buffer.flush()"


class Talk:
    """A server, or the program that sends back, in a process of its own."""

    def __init__(self, program: str, *words: str) -> None:
        command = [sys.executable, "-c", program, *words]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._number = 0

    def ask(self, **said: Any) -> list[bytes]:
        """The lines of an answer, with its end."""
        self._number += 1
        line = json.dumps({"id": self._number, **said, "end": True}).encode()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()
        found = []
        for answer in self._process.stdout:
            found.append(answer)
            if b'"end":true' in answer[-40:] or b'"end": true' in answer[-40:]:
                return found
        raise SystemExit("The server ended.")

    def invoke(self, cmdlet: str, **parameters: Any) -> list[bytes]:
        """The answer of a cmdlet."""
        return self.ask(do="invoke", cmdlet=cmdlet, parameters=parameters)

    def close(self) -> None:
        """Nobody asks any more."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _took(work: Any) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _started(*words: str) -> Talk:
    talk = Talk(SERVE, *words)
    talk.ask(do="hello", protocol=1)
    return talk


def starts() -> bool:
    """From the start of a process to its first answer: where it opens the cluster, and where it joins."""
    times: dict[str, list[float]] = {"an empty Python": [], "the cluster is opened": [], "an open one is joined": []}
    for _ in range(STARTS + 1):
        talks: list[Talk] = []
        times["an empty Python"].append(_took(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)))
        times["the cluster is opened"].append(_took(lambda talks=talks: talks.append(_started())))
        times["an open one is joined"].append(_took(lambda talks=talks: talks.append(_started())))
        for talk in reversed(talks):
            talk.close()
    medians = {name: statistics.median(taken[1:]) for name, taken in times.items()}
    empty = medians["an empty Python"]
    for name, median in medians.items():
        print(f"  start, {name:<24} {median * 1000:5.0f} ms, {median / empty:5.1f} x an empty Python")
    return max(medians.values()) / empty <= AIM_START / EMPTY


def calls() -> bool:
    """One machine of 12: what is over the way of a line to a process and back."""
    alone, back = _started("--fresh"), Talk(ECHO)
    joined = [_started(), _started()]
    times: dict[str, list[float]] = {"sent back as it is": [], "owner of the cluster": [], "joined": []}
    for _ in range(CALLS):
        for name, talk in zip(times, (back, alone, joined[1]), strict=True):
            times[name].append(_took(lambda talk=talk: talk.invoke("Get-VM", Name="DC01")))
    for talk in (alone, back, *reversed(joined)):
        talk.close()
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    echo = medians["sent back as it is"]
    for name, median in medians.items():
        print(f"  a call, {name:<23} {median * 1000:6.2f} ms, {(median - echo) * 1000:6.2f} ms of our own")
    return medians["owner of the cluster"] - echo <= AIM_CALL


def machines() -> bool:
    """All machines of a large cluster."""
    with tempfile.TemporaryDirectory() as folder:
        talk = _started("--fresh", "--cluster", f"embedded:{cluster_file(Path(folder))}")
        answers: list[bytes] = []
        sent, plain = [], []
        for _ in range(TIMES):
            sent.append(_took(lambda: answers.__setitem__(slice(None), talk.invoke("Get-VM"))))
            read = [json.loads(line) for line in answers]
            plain.append(_took(lambda read=read: [json.loads(json.dumps(one)) for one in read]))
        talk.close()
    found = sum(len(json.loads(line).get("outputs", ())) for line in answers)
    took, ours = statistics.median(sent), statistics.median(plain)
    size = sum(map(len, answers)) / 2**20
    print(
        f"  {found} machines, {size:.1f} MiB  {took:5.2f} s, {took / ours:4.1f} x Python's JSON of them ({ours:.2f} s)"
    )
    return took / ours <= AIM_ALL / JSON_ALL


def main() -> int:
    """Print the figures; 1 if an aim is missed."""
    return int(not all([starts(), calls(), machines()]))


if __name__ == "__main__":
    sys.exit(main())
