"""Files that the migration view writes: the plot as png or svg, and texts. Called in worker threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.migration.plots.figure import Figure, svg

if TYPE_CHECKING:
    from pathlib import Path

SCALE = 2
"""Pixels of a png for each of the svg."""


class ExportError(Exception):
    """A file could not be written; the message is a sentence for the user."""


def save_text(path: Path, text: str) -> None:
    """Write a text file.

    Raises:
        ExportError: it could not be written.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise ExportError(_why(path, error)) from error


def save_svg(path: Path, figure: Figure) -> None:
    """Write the figure as svg. Raises ExportError."""
    save_text(path, svg(figure))


def save_png(path: Path, figure: Figure) -> None:
    """Write the figure as png, twice as large as the svg. Raises ExportError."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImage, QImageWriter, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(svg(figure).encode()))
    image = QImage(renderer.defaultSize() * SCALE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    written = QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    if not written:
        raise ExportError(f"{path} could not be written: the picture could not be made.")
    try:
        path.write_bytes(data.data())
    except OSError as error:
        raise ExportError(_why(path, error)) from error


def _why(path: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{path} could not be written: {reason}. Choose another folder or name."
