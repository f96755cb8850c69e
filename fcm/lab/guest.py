"""The small Linux guest of the lab: the project's own PID 1 in C and Debian's cloud kernel, kept in a cache."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import os
import re
import shutil
import stat
import struct
import subprocess
import tarfile
import tempfile
import zlib
from pathlib import Path

from fcm import resources
from fcm.lab.plan import LabError, LabFolders
from fcm.lab.processes import environment, run, run_bytes

KERNEL_PACKAGE = "linux-image-cloud-amd64"

_MODULES = (
    "drivers/virtio/virtio_ring",
    "drivers/virtio/virtio",
    "drivers/virtio/virtio_pci_modern_dev",
    "drivers/virtio/virtio_pci_legacy_dev",
    "drivers/virtio/virtio_pci",
    "net/core/failover",
    "drivers/net/net_failover",
    "drivers/net/virtio_net",
    "drivers/block/virtio_blk",
)

_ZSTD = b"\x28\xb5\x2f\xfd"
_WORK = "building-"
_PARTS = ("vmlinux", "initrd.gz")


def _fingerprint() -> str:
    """Changes when the guest's program or its list of modules does."""
    digest = hashlib.sha256(resources.path("lab", "guest-init.c").read_bytes())
    digest.update("\n".join(_MODULES).encode())
    return digest.hexdigest()


def is_cached(folders: LabFolders) -> bool:
    """True if a guest built from the present sources is in the cache: no compiler or download is needed."""
    try:
        known = (folders.cache / "fingerprint").read_text(encoding="utf-8")
    except OSError:
        return False
    return known == _fingerprint() and all((folders.cache / part).is_file() for part in _PARTS)


def unpack_kernel(image: bytes) -> bytes:
    """The ELF kernel inside a bzImage: QEMU starts it without the slow decompression that a guest would do.

    Source: Linux, Documentation/arch/x86/boot.rst, fields setup_sects, payload_offset and payload_length.

    Raises:
        LabError: not a bzImage, or its payload is packed in a way that is not known here.
    """
    if len(image) < 0x250 or image[0x202:0x206] != b"HdrS":
        raise LabError("The kernel image is not a Linux bzImage. Remove the cache folder and try again.")
    offset, length = struct.unpack_from("<II", image, 0x248)
    begin = ((image[0x1F1] or 4) + 1) * 512 + offset
    payload = image[begin : begin + length]
    try:
        if payload.startswith(b"\xfd7zXZ\x00"):
            kernel = lzma.LZMADecompressor().decompress(payload)
        elif payload.startswith(b"\x1f\x8b"):
            kernel = zlib.decompressobj(31).decompress(payload)
        # These end with the size of the kernel, which is not part of the packed stream.
        elif payload.startswith(b"\x02\x21\x4c\x18"):
            kernel = run_bytes("lz4", "-dc", stdin=payload[:-4])
        elif payload.startswith(_ZSTD):
            kernel = run_bytes("zstd", "-dc", stdin=payload[:-4])
        else:
            raise LabError(
                f"The kernel image has an unknown compression format ({payload[:4].hex()}). Supported formats are "
                "xz, gzip, lz4 and zstd."
            )
    except (lzma.LZMAError, zlib.error) as error:
        raise LabError(f"The kernel image is damaged ({error}). Remove the cache folder and try again.") from None
    if not kernel.startswith(b"\x7fELF"):
        raise LabError("The kernel image does not contain an ELF kernel. Remove the cache folder and try again.")
    return kernel


def unpack_module(name: str, packed: bytes) -> bytes:
    """A kernel module as the guest loads it; distributions keep them as ``.ko``, ``.ko.xz`` or ``.ko.zst``.

    Raises:
        LabError: damaged.
    """
    try:
        if name.endswith(".xz"):
            return lzma.decompress(packed)
        if name.endswith(".zst"):
            return run_bytes("zstd", "-dc", stdin=packed)
    except lzma.LZMAError as error:
        raise LabError(
            f"The kernel module {name} is damaged ({error}). Remove the cache folder and try again."
        ) from None
    return packed


def pack_initrd(files: dict[str, bytes]) -> bytes:
    """A gzipped cpio archive (format newc) of executable *files* by path, folders made as needed.

    Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
    """
    names: dict[str, bytes | None] = {}
    for name, content in files.items():
        for parent in reversed(Path(name).parents[:-1]):
            names.setdefault(str(parent), None)
        names[name] = content
    archive = io.BytesIO()
    for inode, (name, data) in enumerate([*names.items(), ("TRAILER!!!", b"")], start=1):
        mode = stat.S_IFDIR | 0o755 if data is None else stat.S_IFREG | 0o755
        body = data or b""
        fields = (inode, mode, 0, 0, 1, 0, len(body), 0, 0, 0, 0, len(name) + 1, 0)
        archive.write(b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0")
        archive.write(b"\0" * (-archive.tell() % 4))
        archive.write(body)
        archive.write(b"\0" * (-archive.tell() % 4))
    return gzip.compress(archive.getvalue(), compresslevel=6, mtime=0)


def _real_package() -> str:
    """The package with the kernel that the metapackage depends on today."""
    told = run("apt-cache", "depends", KERNEL_PACKAGE)
    match = re.search(r"Depends:\s*(linux-image-\S+)", told)
    if match is None:
        raise LabError(f"apt does not find the package {KERNEL_PACKAGE}. Update its package lists: apt-get update")
    return match[1]


def _download_kernel(folder: Path) -> Path:
    """Download (not install) the kernel package into *folder*."""
    name = _real_package()
    # apt drops its rights to the user _apt, who has to be able to write here
    folder.chmod(0o777)
    try:
        run_bytes("apt-get", "download", "-q", name, limit=600, folder=folder)
    except LabError as error:
        raise LabError(f"The guest's kernel could not be downloaded. Try: apt-get update. {error}") from None
    packages = sorted(folder.glob("*.deb"))
    if not packages:
        raise LabError(f"apt-get did not download {name}. Try: apt-get update")
    return packages[0]


def read_package(package: Path) -> tuple[bytes, dict[str, bytes]]:
    """The kernel image and the wanted modules of a kernel package.

    Raises:
        LabError: it has no kernel, or no module for the guest's network.
    """
    image: bytes | None = None
    modules: dict[str, bytes] = {}
    wanted = {f"{module}.ko{packing}": module for module in _MODULES for packing in ("", ".xz", ".zst")}
    with (
        subprocess.Popen(
            ("dpkg-deb", "--fsys-tarfile", str(package)), stdout=subprocess.PIPE, env=environment()
        ) as stream,
        tarfile.open(fileobj=stream.stdout, mode="r|") as files,
    ):
        for member in files:
            module = wanted.get(member.name.partition("/kernel/")[2])
            if member.name.startswith("./boot/vmlinuz-"):
                image = _content(files, member)
            elif module is not None:
                modules[module] = unpack_module(member.name, _content(files, member))
    if not any(module.endswith("/virtio_net") for module in modules):
        raise LabError(
            f"{package.name} does not contain the module virtio_net (.ko, .ko.xz or .ko.zst), without which the guest "
            "has no network."
        )
    if image is None:
        raise LabError(f"{package.name} does not contain a kernel image. Remove it and try again.")
    return image, modules


def _content(files: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    source = files.extractfile(member)
    return b"" if source is None else source.read()


def build_guest(folders: LabFolders) -> None:
    """Build the guest into the cache unless it is there: download the kernel, compile PID 1, pack both.

    Raises:
        LabError: no kernel to be had, or the compiler failed.
    """
    if is_cached(folders):
        return
    folders.cache.mkdir(parents=True, exist_ok=True)
    for remains in folders.cache.glob(f"{_WORK}*"):  # of a build that was killed
        shutil.rmtree(remains)
    with tempfile.TemporaryDirectory(prefix=_WORK, dir=folders.cache) as made:
        work = Path(made)
        image, modules = read_package(_download_kernel(work))
        program = work / "init"
        run("gcc", "-O2", "-static", "-pthread", "-o", program, resources.path("lab", "guest-init.c"), limit=120)
        files = {"init": program.read_bytes(), "dev/.keep": b""}
        files |= {f"m/{Path(module).name}.ko": content for module, content in modules.items()}
        (work / "vmlinux").write_bytes(unpack_kernel(image))
        (work / "initrd.gz").write_bytes(pack_initrd(files))
        for part in _PARTS:
            os.replace(work / part, folders.cache / part)
        (work / "fingerprint").write_text(_fingerprint(), encoding="utf-8", newline="\n")
        os.replace(work / "fingerprint", folders.cache / "fingerprint")


def place_guest(folders: LabFolders) -> None:
    """Put the guest and the emulator where the nodes see them."""
    folders.guest.mkdir(parents=True, exist_ok=True)
    for part in _PARTS:
        target = folders.guest / part
        target.unlink(missing_ok=True)
        try:
            os.link(folders.cache / part, target)
        except OSError:  # the cache is on another file system
            shutil.copyfile(folders.cache / part, target)
    folders.emulator.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(resources.path("lab", "qemu-system-x86_64"), folders.emulator)
    folders.emulator.chmod(0o755)
    mark = folders.emulator.with_name("odd-memory")
    if loses_dirty_pages(run("qemu-system-x86_64", "--version")):
        mark.touch()
    else:
        mark.unlink(missing_ok=True)


def loses_dirty_pages(version: str) -> bool:
    """Whether QEMU, by what ``--version`` prints, loses dirty pages without KVM unless the memory has an odd size.

    Source: seen with 7.2 in 6 of 6 migrations and with 10.0 in none; softmmu's TLB is reset at each reading of the log
    since 9.0. A version that cannot be read counts as one that does.
    """
    found = re.search(r"version (\d+)\.", version)
    return found is None or int(found[1]) < 9
