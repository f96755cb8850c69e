"""Exit codes are the same everywhere for the same kind of mistake: 1 failed, 2 wrong usage. Each verb, each kind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fcm.cli.main import FAILED, WRONG_USAGE, main, verbs
from fcm.ui.tour.patience import PATIENCE, stretched
from tests.quality.source import TOP

RECORDING = str(next((TOP / "tests" / "data" / "recordings").glob("*.json")))
FILE_VERBS: dict[str, list[str]] = {
    "show embedded": ["show", "embedded:FILE"],
    "show libvirt": ["show", "libvirt:FILE"],
    "migrate embedded": ["migrate", "embedded:FILE", "SQL01", "node2"],
    "migrate libvirt": ["migrate", "libvirt:FILE", "SQL01", "node2"],
    "salvage embedded": ["salvage", "embedded:FILE"],
    "salvage libvirt": ["salvage", "libvirt:FILE"],
    "history embedded": ["history", "embedded:FILE"],
    "history libvirt": ["history", "libvirt:FILE"],
    "window embedded": ["--open", "embedded:FILE"],
    "window libvirt": ["--open", "libvirt:FILE"],
    "hosts check": ["hosts", "check", "FILE"],
    "hosts trust": ["hosts", "trust", "FILE"],
    "hosts measure": ["hosts", "measure", "FILE", "web"],
    "hosts baseline": ["hosts", "baseline", "FILE", "web"],
    "hosts drain": ["hosts", "drain", "FILE", "node1"],
    "lab vm add": ["lab", "vm", "add", "web", "--workload", "FILE"],
    "predict": ["predict", "FILE"],
    "preflight": ["preflight", "FILE"],
    "validate": ["validate", "FILE"],
    "run": ["run", "--engine=built-in", "--fresh", "FILE"],
    "run on": ["run", "--engine=built-in", "--fresh", "--cluster", "embedded:FILE", "SCRIPT"],
    "serve on": ["serve", "--stdio", "--fresh", "--cluster", "embedded:FILE"],
    "shell on": ["shell", "--fresh", "--cluster", "libvirt:FILE"],
}
"""Every verb that is given a file, by what it is given for FILE."""


LONG = "n" * 300


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files of all wrong kinds, in which the command line is typed."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    folder = tmp_path / "here"
    (folder / "folder.toml").mkdir(parents=True)
    (folder / "broken.toml").write_text('[cluster\n"half (', encoding="utf-8")
    (folder / "picture.toml").write_bytes(bytes(range(256)))
    (folder / "of-another-kind.toml").write_text("[[course]]\n} else { = |\n", encoding="utf-8")
    (folder / "script.ps1").write_text("Get-ClusterNode\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def code(words: list[str]) -> int:
    """The exit code of a command line, whichever way it ends."""
    try:
        return main(words)
    except SystemExit as ended:
        return int(str(ended.code))


def sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on standard error: something, and nothing of Python's."""
    said = capsys.readouterr().err
    assert said.strip()
    for word in ("Traceback", "Error(", "None", "Errno", "<class"):
        assert word not in said
    return said


@pytest.mark.parametrize("file", ["missing.toml", "broken.toml", "picture.toml", "folder.toml", "of-another-kind.toml"])
@pytest.mark.parametrize("verb", FILE_VERBS)
def test_a_file_that_cannot_be_used_is_wrong_usage(verb: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = [word.replace("FILE", file).replace("SCRIPT", "script.ps1") for word in FILE_VERBS[verb]]
    assert code(words) == WRONG_USAGE
    assert file.split(".")[0] in sentence(capsys)


@pytest.mark.parametrize("verb", [verb for verb in FILE_VERBS if "salvage" not in verb])
def test_a_link_in_circles_a_pipe_and_a_name_that_no_file_has_are_wrong_usage(
    verb: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "circle.toml").symlink_to("circle.toml")
    os.mkfifo(here / "pipe.toml")
    for file in ("circle.toml", "pipe.toml", f"{LONG}.toml", "~nobody-of-this-name/x.toml"):
        words = [word.replace("FILE", file).replace("SCRIPT", "script.ps1") for word in FILE_VERBS[verb]]
        assert code(words) == WRONG_USAGE, file
        sentence(capsys)


def test_a_file_whose_name_is_no_text_is_named_and_drawn_all_the_same(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = os.fsdecode(b"gr\xfcn.json")
    Path(odd).write_bytes(Path(RECORDING).read_bytes())
    assert code(["predict", odd, "--plot", "picture.svg"]) == 0
    assert "gr\N{REPLACEMENT CHARACTER}n" in Path("picture.svg").read_text(encoding="utf-8")
    capsys.readouterr()
    assert code(["show", f"embedded:{odd}"]) == WRONG_USAGE
    assert "not UTF-8" in sentence(capsys)


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbf'Hello'", "\ufeff'Hello'".encode("utf-16-le"), b"\xff", b"a\0b"])
def test_a_script_from_standard_input_is_read_as_a_file_would_be(raw: bytes) -> None:
    command = [
        sys.executable,
        "-c",
        "from fcm.cli.main import main; raise SystemExit(main())",
        "run",
        "--engine=built-in",
        "--fresh",
        "-",
    ]
    done = subprocess.run(command, input=raw, capture_output=True, timeout=stretched(PATIENCE), check=False)
    if b"H" in raw:
        assert (done.returncode, done.stdout.strip()) == (0, b"Hello")
    else:
        assert done.returncode == WRONG_USAGE
        assert b"Standard input cannot be read" in done.stderr


@pytest.mark.parametrize("verb", ["show", "migrate", "salvage", "history", "--open", "run", "shell"])
@pytest.mark.parametrize("uri", ["nonsense", "hyperv:cluster", "embedded:atlantis", "embedded:", ":"])
def test_a_cluster_that_does_not_exist_is_wrong_usage(verb: str, uri: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = {
        "migrate": [verb, uri, "SQL01", "node2"],
        "run": [verb, "--cluster", uri, "script.ps1"],
        "shell": [verb, "--cluster", uri],
    }.get(verb, [verb, uri])
    assert code(words) == WRONG_USAGE
    sentence(capsys)


@pytest.mark.parametrize(
    "words",
    [
        ["migrate", "embedded:contoso", "GHOST", "node2"],
        ["migrate", "embedded:contoso", "SQL01", "node9"],
        ["lab", "up", "--older-processor", "node9"],
        ["lab", "up", "--nodes", "99"],
        ["lab", "up", "--bandwidth", "quick"],
        ["lab", "vm", "add", "a/b"],
        ["lab", "vm", "add", "web", "--processor", "<>"],
        ["lab", "vm", "add", "web", "--memory", "1MiB"],
        ["predict", RECORDING, "--preset", "vhs"],
        ["predict", RECORDING, "--plot", "picture.gif"],
        ["predict", RECORDING, "--bandwidth", "-1"],
        ["history", "embedded:contoso", "--csv"],
        ["run", "--engine=built-in", "script.ps1", "--speed", "slow"],
        ["run", "--engine=built-in", "script.ps1", "--set", "nothing"],
        ["shell", "--speed", "0"],
        ["desktop", "fly"],
    ],
    ids=" ".join,
)
def test_a_name_or_value_that_does_not_exist_is_wrong_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert code(words) == WRONG_USAGE
    sentence(capsys)


def test_a_machine_that_a_history_never_knew_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "embedded:contoso"]) == 0
    assert main(["history", "embedded:contoso", "--machine", "GHOST"]) == WRONG_USAGE
    assert "no virtual machine 'GHOST'" in sentence(capsys)
    assert main(["history", "embedded:contoso", "--machine", "sql01"]) == 0


@pytest.mark.parametrize("verb", verbs())
def test_an_option_that_does_not_exist_is_wrong_usage(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert code([verb, "--no-such-option"]) == WRONG_USAGE
    sentence(capsys)


def test_a_verb_that_does_not_exist_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["teleport"], ["hosts", "teleport"], ["lab", "teleport"], ["lab", "vm", "teleport"]):
        assert code(words) == WRONG_USAGE
        assert "teleport" in sentence(capsys)


@pytest.mark.parametrize(
    "words",
    [
        ["history", "embedded:contoso", "--export", "script.ps1"],
        ["predict", RECORDING, "--plot", "no-such-folder/picture.svg"],
        ["predict", RECORDING, "--plot", "no-such-folder/picture.png"],
        ["tour", "--out", "script.ps1"],
        ["desktop", "install", "--prefix", "script.ps1"],
    ],
    ids=lambda words: " ".join(word for word in words if word != RECORDING),
)
def test_an_output_that_cannot_be_written_is_a_failure(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, here: Path
) -> None:
    program = here / "fcm"
    program.touch()
    monkeypatch.setattr(sys, "argv", [str(program)])
    main(["show", "embedded:contoso"])
    assert code(words) == FAILED
    sentence(capsys)


def test_a_journal_that_cannot_be_written_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FCM_DATA", str(Path("script.ps1").resolve()))
    for words in (["show", "embedded:contoso"], ["run", "--engine=built-in", "script.ps1"], ["shell"]):
        assert code(words) == FAILED
        assert "cannot be opened" in sentence(capsys)


@pytest.mark.parametrize("verb", ["history", "salvage"])
def test_a_cluster_that_was_never_opened_is_a_failure_and_stays_unopened(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "embedded:contoso"]) == FAILED
    assert "has never been opened here" in sentence(capsys)
    assert not Path(os.environ["FCM_DATA"]).exists()


def test_a_refused_command_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "embedded:contoso", "SQL01", "node3"]) == FAILED
    assert "lacks processor features" in sentence(capsys)


def test_a_full_disk_is_a_failure() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = typed(["show", "embedded:contoso"], full)
    assert done.returncode == FAILED
    assert done.stderr == "fcm stopped because of an error. No space left on device.\n"


def test_a_reader_that_goes_away_ends_a_verb_without_a_word() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        done = typed(["show", "embedded:contoso"], gone)
    assert done.returncode == FAILED
    assert done.stderr == ""


@pytest.mark.parametrize(
    "words",
    [["migrate", "embedded:contoso", "SQL01", "node2"], ["run", "--engine=built-in", "--fresh", "forever.ps1"]],
    ids=" ".join,
)
def test_ctrl_c_is_a_failure_told_in_a_word(words: list[str], here: Path) -> None:
    (here / "forever.ps1").write_text("'begun'\nwhile ($true) { Start-Sleep 1 }\n", encoding="utf-8")
    # Whoever started the tests may have told them to ignore Ctrl+C, as a shell tells what it starts in the background.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heed}; from fcm.cli.main import main; raise SystemExit(main())"
    command = [sys.executable, "-c", program, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # now it is at work
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=stretched(PATIENCE))
    assert process.returncode == FAILED
    assert said.strip()
    assert "Traceback" not in said


def typed(words: list[str], out: object) -> subprocess.CompletedProcess[str]:
    """A command line as a process of its own."""
    command = [sys.executable, "-c", "from fcm.cli.main import main; raise SystemExit(main())", *words]
    return subprocess.run(
        command, stdout=out, stderr=subprocess.PIPE, text=True, timeout=stretched(PATIENCE), check=False
    )  # type: ignore[call-overload, no-any-return]
