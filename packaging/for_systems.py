"""What Windows and macOS want of a program beside its code: icons of all sizes and a version that can be looked up.

    python packaging/for_systems.py FOLDER

Everything is made from resources/icons/app.svg and the version of fcm, at each build of the bundle (fcm.spec).
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SVG = TOP / "resources" / "icons" / "app.svg"
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
"""Pixels; those that learn.microsoft.com, "Construct your Windows app's icon", asks for, and some between them."""
ICNS_TYPES = {"icp4": 16, "icp5": 32, "icp6": 64, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024}
"""Types of Apple's icon file that hold PNG, and their pixels."""


def picture(size: int):
    """The icon with so many pixels on each side."""
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(SVG))
    if not renderer.isValid():
        raise SystemExit(f"{SVG} is no picture.")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def png(size: int) -> bytes:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture(size).save(buffer, "PNG")
    return bytes(data.data())


def bitmap(size: int) -> bytes:
    """A picture as .ico has it up to 128 pixels: BITMAPINFOHEADER of twice the height, BGRA from below, empty mask."""
    rows = bytes(picture(size).constBits())
    width = 4 * size
    pixels = b"".join(rows[at : at + width] for at in range(len(rows) - width, -1, -width))
    mask = bytes((size + 31) // 32 * 4 * size)
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, len(pixels) + len(mask), 0, 0, 0, 0)
    return header + pixels + mask


def ico() -> bytes:
    """Icon of Windows: ICONDIR, an ICONDIRENTRY a size (0 stands for 256), the pictures; PNG from 256 on."""
    pictures = [png(size) if size >= 256 else bitmap(size) for size in ICO_SIZES]
    at = 6 + 16 * len(pictures)
    entries = b""
    for size, data in zip(ICO_SIZES, pictures, strict=True):
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(data), at)
        at += len(data)
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(pictures)


def icns() -> bytes:
    """Icon of macOS: type, length and PNG of each size."""
    parts = b""
    for kind, size in ICNS_TYPES.items():
        data = png(size)
        parts += kind.encode() + struct.pack(">I", 8 + len(data)) + data
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


def numbers(version: str) -> tuple[int, int, int, int]:
    """The four numbers that Windows has for a version such as 0.9.1 or 0.9.1rc2 (what is not a number is left out)."""
    found = [int(part) for part in version.split("+")[0].split(".") if part.isdecimal()]
    first, second, third, fourth = (*found, 0, 0, 0, 0)[:4]
    return first, second, third, fourth


def version_resource(program: str, version: str) -> str:
    """The text of PyInstaller's file for --version-file: VS_VERSIONINFO in US English (0409), Unicode (04B0)."""
    words = {
        "CompanyName": "the fcm developers",
        "FileDescription": "Failover Cluster Manager",
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": "MIT License",
        "OriginalFilename": f"{program}.exe",
        "ProductName": "Failover Cluster Manager",
        "ProductVersion": version,
    }
    strings = ",\n        ".join(f"StringStruct({name!r}, {text!r})" for name, text in words.items())
    quad = numbers(version)
    return f"""\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={quad}, prodvers={quad}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0,
    date=(0, 0)),
  kids=[
    StringFileInfo([
      StringTable('040904B0', [
        {strings}])]),
    VarFileInfo([VarStruct('Translation', [0x0409, 0x04B0])]),
  ],
)
"""


def make(folder: Path) -> dict[str, Path]:
    """Write fcm.ico, fcm.icns and the version of each program; their paths by name."""
    from fcm import __version__

    folder.mkdir(parents=True, exist_ok=True)
    made = {"fcm.ico": ico(), "fcm.icns": icns()}
    for program in ("fcm", "fcmw"):
        made[f"{program}.version"] = version_resource(program, __version__).encode()
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in made}


if __name__ == "__main__":
    sys.path.insert(0, str(TOP))
    print(*make(Path(sys.argv[1])).values(), sep="\n")
