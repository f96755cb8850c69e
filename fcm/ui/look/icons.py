"""The project's own icons: svg files on a 16 x 16 grid, drawn in the text colour of the moment.

An svg uses ``currentColor`` for its outlines and a few fixed colours that stand out on light and on dark. An icon is
drawn when it is painted, not when it is asked for: ``icon()`` costs next to nothing, and after a switch between light
and dark the same ``QIcon`` shows the new text colour.
"""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from shiboken6 import isValid

from fcm import resources

_FIXED_COLOUR = re.compile(rb"#[0-9a-fA-F]{6}")
_SIZES = (16, 20, 24, 32)
"""Edge lengths in device-independent pixels that menus, trees, toolbars and dialogs ask for."""


@cache
def available() -> frozenset[str]:
    """The names of all icons."""
    return frozenset(file.stem for file in resources.path("icons").glob("*.svg"))


@cache
def icon(name: str) -> QIcon:
    """The icon of that name, such as ``"vm-online"``.

    Raises:
        LookupError: there is no such icon; a mistake of the program, not of the user.
    """
    if name not in available():
        raise LookupError(f'There is no icon "{name}" in resources/icons.')
    return QIcon(_SvgEngine(name))


def pixmap(name: str, size: int, device_pixel_ratio: float = 1.0) -> QPixmap:
    """One picture of an icon, ``size`` device-independent pixels wide and high."""
    return icon(name).pixmap(QSize(size, size), device_pixel_ratio)


class _SvgEngine(QIconEngine):
    """Draws one svg in the palette's colours; pictures are kept per name, size, colour and mode."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> QIconEngine:
        copy = _SvgEngine(self._name)
        # PySide lets go of what a virtual function returns; Qt owns the copy and deletes it one day.
        _copies[:] = [engine for engine in _copies if isValid(engine)] + [copy]
        return copy

    def key(self) -> str:
        return "fcm-svg"

    def iconName(self) -> str:
        return self._name

    def isNull(self) -> bool:
        return False

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        edge = min(size.width(), size.height())
        return QSize(edge, edge)

    def availableSizes(self, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> list[QSize]:
        return [QSize(edge, edge) for edge in _SIZES]

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        edge = max(1, round(min(size.width(), size.height()) * scale))
        picture = _picture(self._name, edge, _colour(mode), mode == QIcon.Mode.Disabled)
        picture.setDevicePixelRatio(scale)
        return picture

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        edge = min(rect.width(), rect.height())
        picture = self.scaledPixmap(QSize(edge, edge), mode, state, painter.device().devicePixelRatioF())
        corner = QPoint(rect.x() + (rect.width() - edge) // 2, rect.y() + (rect.height() - edge) // 2)
        painter.drawPixmap(QRect(corner, QSize(edge, edge)), picture)


_copies: list[_SvgEngine] = []


def _colour(mode: QIcon.Mode) -> str:
    palette = QGuiApplication.palette()
    group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Active
    role = QPalette.ColorRole.HighlightedText if mode == QIcon.Mode.Selected else QPalette.ColorRole.WindowText
    return palette.color(group, role).name()


@cache
def _source(name: str) -> bytes:
    return resources.path("icons", f"{name}.svg").read_bytes()


_pictures: dict[tuple[str, int, str, bool], QImage] = {}


def _picture(name: str, edge: int, colour: str, disabled: bool) -> QPixmap:
    key = (name, edge, colour, disabled)
    image = _pictures.get(key)
    if image is None:
        source = _source(name).replace(b"currentColor", colour.encode())
        if disabled:
            # White signs on coloured badges stay, every other colour becomes the grey of disabled text.
            source = _FIXED_COLOUR.sub(lambda match: _greyed(match[0], colour.encode()), source)
        image = QImage(edge, edge, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        QSvgRenderer(QByteArray(source)).render(painter, QRectF(0, 0, edge, edge))
        painter.end()
        _pictures[key] = image
    return QPixmap.fromImage(image)


def _greyed(colour: bytes, grey: bytes) -> bytes:
    return colour if colour == b"#ffffff" else grey
