"""The guest: how its kernel is unpacked and its first file system packed."""

from __future__ import annotations

import gzip
import lzma
import struct
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.lab.guest import is_cached, pack_initrd, read_package, unpack_kernel, unpack_module
from fcm.lab.plan import LabError, LabFolders

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ELF = b"\x7fELF" + bytes(range(256)) * 40


def _kernel_image(payload: bytes, setup_sectors: int = 2) -> bytes:
    head = bytearray((setup_sectors + 1) * 512)
    head[0x1F1] = setup_sectors
    head[0x202:0x206] = b"HdrS"
    struct.pack_into("<II", head, 0x248, 16, len(payload))
    return bytes(head) + b"code of 16 bytes" + payload + b"tail"


def _zstd(data: bytes) -> bytes:
    return subprocess.run(("zstd", "-qc"), input=data, capture_output=True, check=True).stdout


def _zstd_with_size(data: bytes) -> bytes:
    """As Linux packs its kernel: the size of what is packed stands at the end."""
    return _zstd(data) + struct.pack("<I", len(data))


@pytest.mark.parametrize(
    "pack", [gzip.compress, lambda data: lzma.compress(data, check=lzma.CHECK_CRC32), _zstd_with_size]
)
def test_the_elf_kernel_is_taken_out_of_a_bzimage(pack: object) -> None:
    assert unpack_kernel(_kernel_image(pack(ELF))) == ELF  # type: ignore[operator]


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (b"", "not a Linux bzImage"),
        (b"x" * 4096, "not a Linux bzImage"),
        (_kernel_image(b"????" * 8), r"unknown compression format \(3f3f3f3f\)"),
        (_kernel_image(gzip.compress(b"no kernel")), "not contain an ELF kernel"),
        (_kernel_image(b"\x1f\x8b" + b"\0" * 64), "damaged"),
        (_kernel_image(b"\xfd7zXZ\x00" + b"\1" * 64), "damaged"),
    ],
)
def test_what_is_no_kernel_is_refused_with_a_sentence(image: bytes, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        unpack_kernel(image)


@pytest.mark.parametrize(
    ("name", "pack"), [("virtio_net.ko", bytes), ("virtio_net.ko.xz", lzma.compress), ("virtio_net.ko.zst", _zstd)]
)
def test_modules_are_taken_however_they_are_packed(name: str, pack: Callable[[bytes], bytes]) -> None:
    assert unpack_module(name, pack(ELF)) == ELF


def test_a_damaged_module_is_refused_by_name() -> None:
    with pytest.raises(LabError, match=r"virtio_net\.ko\.xz is damaged"):
        unpack_module("virtio_net.ko.xz", b"no xz")


def _package(folder: Path, *files: str) -> Path:
    """A package of Debian with some files and no description."""
    root, package = folder / "root", folder / "linux.deb"
    for name in ("DEBIAN/control", *files):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(lzma.compress(ELF) if name.endswith(".xz") else b"ELF")
    (root / "DEBIAN/control").write_text(
        "Package: linux\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n"
    )
    subprocess.run(("dpkg-deb", "--build", root, package), check=True, capture_output=True)
    return package


def test_a_kernel_package_gives_its_image_and_its_packed_modules(tmp_path: Path) -> None:
    place = "lib/modules/6.12/kernel"
    package = _package(
        tmp_path, "boot/vmlinuz-6.12", f"{place}/drivers/net/virtio_net.ko.xz", f"{place}/net/core/failover.ko"
    )
    image, modules = read_package(package)
    assert image == b"ELF"
    assert modules == {"drivers/net/virtio_net": ELF, "net/core/failover": b"ELF"}


def test_a_kernel_package_without_the_network_of_the_guest_is_refused(tmp_path: Path) -> None:
    package = _package(tmp_path, "boot/vmlinuz-6.12", "lib/modules/6.12/kernel/net/core/failover.ko.xz")
    with pytest.raises(LabError, match=r"virtio_net .*without which the guest has no network"):
        read_package(package)


def _unpack(archive: bytes) -> dict[str, tuple[int, bytes]]:
    data, position, found = gzip.decompress(archive), 0, {}
    while True:
        assert data[position : position + 6] == b"070701"
        fields = [int(data[position + 6 + 8 * i : position + 14 + 8 * i], 16) for i in range(13)]
        mode, size, name_size = fields[1], fields[6], fields[11]
        name = data[position + 110 : position + 110 + name_size - 1].decode()
        begin = (position + 110 + name_size + 3) // 4 * 4
        if name == "TRAILER!!!":
            return found
        found[name] = (mode, data[begin : begin + size])
        position = (begin + size + 3) // 4 * 4


@given(st.dictionaries(st.from_regex(r"[a-z]{1,9}(\.ko)?", fullmatch=True), st.binary(max_size=99), max_size=6))
def test_the_first_file_system_holds_each_file_with_its_bytes(files: dict[str, bytes]) -> None:
    unpacked = _unpack(pack_initrd({f"m/{name}": content for name, content in files.items()}))

    assert {name: unpacked[f"m/{name}"][1] for name in files} == files


def test_folders_come_before_what_lies_in_them_and_programs_are_executable() -> None:
    unpacked = _unpack(pack_initrd({"init": b"#!", "a/b/c": b"x"}))

    assert list(unpacked) == ["init", "a", "a/b", "a/b/c"]
    assert [oct(mode) for mode, _ in unpacked.values()] == ["0o100755", "0o40755", "0o40755", "0o100755"]


def test_a_cache_from_other_sources_is_built_anew(tmp_path: Path) -> None:
    folders = LabFolders(cache=tmp_path)
    for name in ("vmlinux", "initrd.gz"):
        (tmp_path / name).write_bytes(b"old")
    (tmp_path / "fingerprint").write_text("of an older version")

    assert not is_cached(folders)
