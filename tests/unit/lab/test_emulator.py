"""The wrapper that starts QEMU for the lab's machines."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.lab.guest import loses_dirty_pages

if TYPE_CHECKING:
    from pathlib import Path


def _started(
    tmp_path: Path, *arguments: str, older: bool = False, limit: int | None = None, odd: bool = True
) -> list[str]:
    """The arguments QEMU would get, with a program in its place that prints them."""
    mark = tmp_path / "older"
    if older:
        mark.touch()
    script = resources.path("lab", "qemu-system-x86_64").read_text()
    changed = script.replace("exec /usr/bin/qemu-system-x86_64", "printf '%s\\n'")
    changed = changed.replace("/etc/fcm-lab-older-processor", str(mark))
    little = tmp_path / "little"
    if limit is not None:
        little.write_text(f"{limit}\n")
        changed = changed.replace("printf '%s\\n'", "ulimit -v #")
    changed = changed.replace("/etc/fcm-lab-little-memory", str(little))
    assert changed != script
    if odd:
        (tmp_path / "odd-memory").touch()
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(changed)
    done = subprocess.run(("bash", wrapper, *arguments), capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize(("given", "kib"), [("256", 262152), ("size=262144k", 262152), ("size=128", 131080)])
def test_the_memory_is_eight_kib_larger_than_asked(tmp_path: Path, given: str, kib: int) -> None:
    assert _started(tmp_path, "-m", given) == ["-m", f"size={kib}k"]


def test_the_memory_is_as_asked_where_qemu_keeps_its_dirty_pages(tmp_path: Path) -> None:
    block = '{"qom-type":"memory-backend-ram","id":"pc.ram","size":268435456}'
    words = ("-m", "size=262144k", "-object", block)
    assert _started(tmp_path, *words, odd=False) == list(words)


@pytest.mark.parametrize(
    ("said", "loses"),
    [
        ("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)", True),
        ("QEMU emulator version 8.2.2", True),
        ("QEMU emulator version 9.0.0", False),
        ("QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)", False),
        ("nothing", True),
    ],
)
def test_the_version_of_qemu_says_whether_it_loses_dirty_pages(said: str, loses: bool) -> None:
    assert loses_dirty_pages(said) is loses


def test_the_memory_block_grows_with_it_and_other_objects_do_not(tmp_path: Path) -> None:
    block = '{"qom-type":"memory-backend-ram","id":"pc.ram","size":268435456}'
    other = '{"qom-type":"rng-random","id":"rng0","size":268435456}'

    assert _started(tmp_path, "-object", block, "-object", other) == [
        "-object",
        block.replace("268435456", "268443648"),
        "-object",
        other,
    ]


def test_all_other_arguments_pass_as_they_are(tmp_path: Path) -> None:
    words = ["-name", "guest=a b,debug-threads=on", "-cpu", "qemu64", "-S", "", "-append", "x='1'"]

    assert _started(tmp_path, *words) == words


def test_an_older_node_takes_features_from_machines_and_from_what_libvirt_is_told(tmp_path: Path) -> None:
    words = _started(tmp_path, "-cpu", "Nehalem", older=True)

    assert words[:2] == ["-cpu", "Nehalem,avx=off,avx2=off,aes=off"]
    assert words[2:] == [
        word for feature in ("avx", "avx2", "aes") for word in ("-global", f"max-x86_64-cpu.{feature}=off")
    ]


def test_a_machine_on_a_node_short_of_memory_gets_the_limit_and_a_mere_question_does_not(tmp_path: Path) -> None:
    assert _started(tmp_path, "-m", "256", limit=196608) == ["196608"]
    assert _started(tmp_path, "-machine", "none", limit=196608) == ["unlimited"]
