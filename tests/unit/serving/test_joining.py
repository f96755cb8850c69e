"""Several clients on one cluster, in one program and in several."""

from __future__ import annotations

import json
import math
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fcm.app import open_workspace
from fcm.cli import serve
from fcm.cli.main import main
from fcm.shell.serving import hosting, unix_sockets
from fcm.shell.serving.clocks import SharedClock
from fcm.shell.serving.connections import Connection, Door, MeetingError
from fcm.shell.serving.hosting import Host
from fcm.shell.serving.meeting import claim, join, place
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.workspace.files.journal_paths import journal_of
from tests.unit.serving.program import Program
from tests.unit.serving.talk import SocketTalk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOVE = {"Name": "DC01", "Node": "node2"}
CONTOSO = "embedded:contoso"


@pytest.fixture
def first() -> Iterator[SocketTalk]:
    """A client on a cluster that others can join."""
    talk = SocketTalk()
    yield talk
    talk.close()


@pytest.fixture
def second(first: SocketTalk) -> Iterator[SocketTalk]:
    """Another one on the same cluster."""
    talk = first.another()
    yield talk
    talk.close()


@pytest.fixture
def started() -> Iterator[Callable[..., Program]]:
    """Starts servers as programs."""
    made: list[Program] = []

    def start(*words: str) -> Program:
        made.append(Program(*words))
        return made[-1]

    yield start
    for program in made:
        program.kill()


def owner_of(lines: list[dict[str, Any]]) -> str:
    (group,) = [one for line in lines for one in line.get("outputs", ())]
    owner = group["p"]["OwnerNode"]
    return str(owner["v"])


def moved(program: Program, number: int = 1) -> str:
    return owner_of(program.ask(number, do="invoke", cmdlet="Move-ClusterVirtualMachineRole", parameters=MOVE))


def owner(program: Program, number: int) -> str:
    return owner_of(program.ask(number, do="invoke", cmdlet="Get-ClusterGroup", parameters={"Name": "DC01"}))


# One program


def test_what_one_client_does_the_other_sees(first: SocketTalk, second: SocketTalk) -> None:
    first.run("Move-ClusterVirtualMachineRole", **MOVE)
    assert second.run("Get-ClusterGroup", Name="DC01")[0]["p"]["OwnerNode"]["v"] == "node2"


def test_a_client_that_waits_holds_up_nobody(first: SocketTalk, second: SocketTalk) -> None:
    first.session.waiting.run_at(0.01)
    number = first.invoke("Move-ClusterVirtualMachineRole", **MOVE)
    first.until(lambda line: "progress" in line)
    assert second.names("Get-VM", Name="WEB01") == ["WEB01"]
    first.send(id=number, do="stop")
    assert [line["error"]["category"] for line in first.answers(number) if "error" in line] == ["OperationStopped"]


def test_a_stop_of_one_client_ends_nothing_of_the_other(first: SocketTalk, second: SocketTalk) -> None:
    first.session.waiting.run_at(0.01)
    number = first.invoke("Move-ClusterVirtualMachineRole", **MOVE)
    first.until(lambda line: "progress" in line)
    second.send(id=number, do="stop")
    second.answers(second.send(do="hello", protocol=1))
    first.session.waiting.run_at(math.inf)
    assert not [line for line in first.answers(number) if "error" in line]


def test_when_one_client_is_gone_the_cluster_stays_for_the_other(first: SocketTalk, second: SocketTalk) -> None:
    first.hang_up()
    assert first.is_over()
    assert second.names("Get-VM", Name="DC01") == ["DC01"]


def test_waits_of_two_clients_at_full_speed_end_at_their_time(first: SocketTalk, second: SocketTalk) -> None:
    workspace = first.session.workspace
    begun = workspace.now()
    long, short = first.invoke("Start-Sleep", Seconds=60), second.invoke("Start-Sleep", Seconds=30)
    first.answers(long)
    second.answers(short)
    # At most one after the other; a clock that ran on would be hours later.
    assert 60 <= workspace.now() - begun < 95


def test_one_client_too_many_is_sent_away(first: SocketTalk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "MOST", 1)
    refused = join(first.place)
    assert refused is not None
    assert refused.receive() == b""
    refused.close()
    assert first.names("Get-VM", Name="DC01") == ["DC01"]


def test_a_made_cluster_is_that_of_the_client_that_made_it(first: SocketTalk, second: SocketTalk) -> None:
    first.answers(first.invoke("New-Cluster", Name="tailspin", Node=["a", "b"], StaticAddress="10.9.0.1"))
    assert [one["p"]["Name"] for one in second.run("Get-Cluster")] == ["contoso"]


class HandClock:
    """A clock that does nothing by itself."""

    def __init__(self) -> None:
        self.speed = 1.0
        self.held: tuple[float, Callable[[], None]] | None = None

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def now(self) -> float:
        return 0.0

    def hold(self, until: float, reached: Callable[[], None]) -> None:
        self.held = (until, reached)

    def release(self) -> None:
        self.held = None

    def reach(self) -> None:
        """It stands still: whoever waits is told once."""
        assert self.held is not None
        self.held[1]()
        self.held = None


def test_a_shared_clock_stands_still_until_all_who_wait_have_looked() -> None:
    clock, told = HandClock(), []
    shared = SharedClock(clock)
    one, other = shared.share(), shared.share()
    one.hold(60.0, lambda: told.append("one"))
    other.hold(30.0, lambda: told.append("other"))
    assert clock.held is not None
    assert clock.held[0] == 30.0
    clock.reach()
    assert sorted(told) == ["one", "other"]
    one.hold(60.0, lambda: told.append("one"))
    assert clock.held is None
    other.release()
    assert clock.held is not None
    assert clock.held[0] == 60.0


def test_a_shared_clock_goes_on_without_one_that_has_ended() -> None:
    clock = HandClock()
    shared = SharedClock(clock)
    one, other = shared.share(), shared.share()
    one.hold(60.0, lambda: None)
    other.hold(30.0, lambda: None)
    clock.reach()
    one.hold(60.0, lambda: None)
    other.leave()
    assert clock.held is not None
    assert clock.held[0] == 60.0


def test_a_shared_clock_has_the_speed_of_the_fastest() -> None:
    clock = HandClock()
    shared = SharedClock(clock)
    one, other = shared.share(), shared.share()
    one.set_speed(100.0)
    other.set_speed(1.0)
    assert clock.speed == 100.0
    one.leave()
    assert clock.speed == 1.0


# Several programs


def test_a_second_server_joins_the_first(started: Callable[..., Program]) -> None:
    one = started("--speed", "max")
    assert moved(one) == "node2"
    other = started("--speed", "max")
    assert owner(other, 1) == "node2"
    one.hang_up()
    assert one.until_closed() == b""
    assert owner(other, 2) == "node2"
    assert other.ends() == (0, b"", b"")
    assert one.process.wait() == 0


def test_a_server_that_is_killed_ends_those_that_have_joined_and_leaves_the_cluster_whole(
    started: Callable[..., Program],
) -> None:
    one = started("--speed", "max")
    one.ask(1, do="hello", protocol=1)
    other = started()
    assert moved(other) == "node2"
    one.kill()
    assert other.ends()[0] == 0
    # The socket that it has left behind is in nobody's way.
    assert owner(started("--speed", "max"), 1) == "node2"


def test_one_that_has_joined_and_is_killed_leaves_the_others(started: Callable[..., Program]) -> None:
    one = started("--speed", "20")
    one.ask(1, do="hello", protocol=1)
    other = started()
    other.ask(1, do="hello", protocol=1)
    other.tell(2, do="invoke", cmdlet="Move-ClusterVirtualMachineRole", parameters=MOVE)
    other.until(lambda line: "progress" in line)
    other.kill()
    one.ask(2, do="invoke", cmdlet="Start-Sleep", parameters={"Seconds": 40})
    assert owner(one, 3) == "node1"


@pytest.mark.parametrize("session", ["a", ""])
def test_servers_without_history_share_their_cluster_only_within_one_powershell(
    started: Callable[..., Program], monkeypatch: pytest.MonkeyPatch, session: str
) -> None:
    monkeypatch.setenv("FCM_SESSION", session)
    one, other = started("--fresh", "--speed", "max"), started("--fresh", "--speed", "max")
    one.ask(1, do="hello", protocol=1)
    moved(one, 2)
    assert owner(other, 1) == ("node2" if session else "node1")


def test_two_that_begin_at_once_meet(started: Callable[..., Program]) -> None:
    programs = [started("--speed", "max") for _ in range(3)]
    for program in programs:
        assert program.ask(1, do="hello", protocol=1)
    assert moved(programs[1], 2) == "node2"
    assert [owner(program, 3) for program in programs] == ["node2"] * 3


def test_a_window_that_nobody_may_join_keeps_its_cluster(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "CLAIMED", 0.0)
    window = open_workspace(CONTOSO)
    try:
        assert main(["serve", "--stdio"]) != 0
    finally:
        window.close()
    assert "is open in another fcm" in capsys.readouterr().err
    claimed = claim(place(journal_of(CONTOSO)))
    assert isinstance(claimed, Door)
    claimed.close()


# Where they meet


@pytest.fixture
def door() -> Iterator[Door]:
    made = claim("here")
    assert isinstance(made, Door)
    yield made
    made.close()


def test_who_comes_second_is_connected(door: Door) -> None:
    there = claim("here")
    assert isinstance(there, Connection)
    here = door.accept()
    assert here is not None
    here.send(b"word")
    assert there.receive() == b"word"
    there.finish()
    assert here.receive() == b""
    for one in (here, there):
        one.close()


def test_the_socket_and_its_folder_are_this_users_alone(door: Door) -> None:
    folder = Path(os.environ["XDG_RUNTIME_DIR"]) / "fcm"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "here").stat().st_mode) == 0o600


def test_a_door_that_is_closed_leaves_nothing() -> None:
    made = claim("here")
    assert isinstance(made, Door)
    made.close()
    assert list((Path(os.environ["XDG_RUNTIME_DIR"]) / "fcm").iterdir()) == []
    assert join("here") is None
    with pytest.raises(OSError, match=r"."):
        made.accept()


def test_a_program_of_another_user_is_refused_by_both_sides(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    there = join("here")
    assert there is not None
    monkeypatch.setattr(unix_sockets, "is_of_this_user", lambda _: False)
    assert door.accept() is None
    assert there.receive() == b""
    there.close()
    with pytest.raises(MeetingError, match="another user's"):
        join("here")


def test_the_user_of_a_program_is_asked_of_the_system(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    there = join("here")
    assert there is not None
    user = os.geteuid()
    monkeypatch.setattr(unix_sockets, "_user", lambda: user + 1)
    assert door.accept() is None
    there.close()


@pytest.fixture
def bare() -> Iterator[Path]:
    """A folder with a short path, as paths of sockets are short."""
    with tempfile.TemporaryDirectory(prefix="fcm-") as folder:
        yield Path(folder)


@pytest.mark.parametrize("mode", [0o777, 0o750, 0o701])
def test_a_folder_that_others_can_enter_is_not_used(monkeypatch: pytest.MonkeyPatch, bare: Path, mode: int) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(tempfile, "tempdir", str(bare))
    folder = bare / f"fcm-{os.geteuid()}"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(MeetingError, match="not this user's alone"):
        claim("here")


def test_a_link_is_not_taken_for_the_folder(monkeypatch: pytest.MonkeyPatch, bare: Path) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(tempfile, "tempdir", str(bare))
    (bare / "else").mkdir(mode=0o700)
    (bare / f"fcm-{os.geteuid()}").symlink_to(bare / "else")
    with pytest.raises(MeetingError, match="not this user's alone"):
        claim("here")


def test_a_runtime_folder_of_somebody_else_is_not_used(monkeypatch: pytest.MonkeyPatch, bare: Path) -> None:
    foreign, own = bare / "run", bare / "own"
    for folder in (foreign, own):
        folder.mkdir()
    foreign.chmod(0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(foreign))
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    made = claim("here")
    assert isinstance(made, Door)
    assert not list(foreign.iterdir())
    made.close()


def test_a_socket_that_was_left_behind_is_in_nobodys_way(door: Door) -> None:
    folder = Path(os.environ["XDG_RUNTIME_DIR"]) / "fcm"
    door._listener.close()  # type: ignore[attr-defined]  # as kill -9 does
    assert (folder / "here").exists()
    again = claim("here")
    assert isinstance(again, Door)
    again.close()


def test_clusters_of_other_folders_and_sessions_are_other_places(bare: Path) -> None:
    places = {place(bare / name, session) for name in ("a", "b") for session in ("", "1")}
    assert len(places) == 4


def test_a_window_claims_its_place_once_another_has_left_it(
    door: Door, monkeypatch: pytest.MonkeyPatch, first: SocketTalk
) -> None:
    monkeypatch.setattr(hosting, "AGAIN", 0.01)
    assert first.there is not None
    host = Host(first.there.borrow, math.inf)
    host.listen_at("here")
    met = door.accept()
    assert met is not None
    met.close()
    door.close()
    found = None
    while found is None:
        found = join("here")
    found.send(json.dumps({"id": 1, "do": "hello", "protocol": 1}).encode() + b"\n")
    assert b"contoso" in found.receive()
    host.close(stretched(PATIENCE))
    assert found.receive() in (b"", b'{"id":1,"end":true}\n')
    found.close()
