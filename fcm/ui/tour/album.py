"""Pictures of the window with its dialogs and menus over it, numbered, and a page that shows them with captions."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from fcm import __version__

if TYPE_CHECKING:
    from pathlib import Path

TITLE_HEIGHT = 30
"""Pixels of the title bar that is drawn for a dialog; without a window system there is none."""

_STYLE = """
:root { color-scheme: light dark; --page: #f3f4f6; --card: #fff; --text: #1a1a1a; --quiet: #5d6470; --line: #d9dde3;
  --accent: #005a9e; }
@media (prefers-color-scheme: dark) { :root { --page: #141618; --card: #1f2226; --text: #eceef0; --quiet: #a3abb5;
  --line: #363b42; --accent: #6cb4ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 "Segoe UI", "Noto Sans", "DejaVu Sans", system-ui, sans-serif; }
header, main { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 48px; padding-bottom: 8px; }
h1 { margin: 0; font-size: 34px; font-weight: 600; } h2 { margin: 56px 0 4px; font-size: 22px; font-weight: 600; }
h2 span { color: var(--accent); margin-right: 10px; } .quiet { color: var(--quiet); margin: 4px 0 20px; }
nav { columns: 3 260px; margin: 24px 0 0; font-size: 15px; } nav a { display: block; padding: 2px 0; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 540px), 1fr)); gap: 24px; }
figure { margin: 0; padding: 12px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
figure.wide { grid-column: 1 / -1; } img { width: 100%; height: auto; display: block; border-radius: 4px; }
figcaption { padding: 10px 4px 2px; font-size: 14px; color: var(--quiet); }
footer { text-align: center; color: var(--quiet); font-size: 14px; padding: 48px 0; }
"""


@dataclass(frozen=True, slots=True)
class Photograph:
    """One picture on the page."""

    file: str
    caption: str
    section: str
    width: int
    height: int


class Album:
    """Takes pictures into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.photographs: list[Photograph] = []
        self.sections: dict[str, str] = {}

    def begin(self, title: str, text: str) -> None:
        """Open a section; pictures that follow belong to it."""
        self.sections[title] = text

    def take(self, window: QWidget, name: str, caption: str) -> Path:
        """Photograph the window with what lies over it.

        Raises:
            OSError: the file cannot be written.
        """
        image = photograph(window)
        number = len(self.photographs) + 1
        stem = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
        path = self.folder / f"{number:02d}-{stem}.png"
        if not image.save(str(path)):
            raise OSError(f"{path} cannot be written. Choose another folder.")
        section = next(reversed(self.sections), "")
        self.photographs.append(Photograph(path.name, caption, section, image.width(), image.height()))
        return path

    def write_page(self, title: str, intro: str) -> Path:
        """Write index.html beside the pictures; returns its path."""
        contents, body = [], []
        for number, (section, text) in enumerate(self.sections.items(), 1):
            taken = [one for one in self.photographs if one.section == section]
            if not taken:
                continue
            contents.append(f'<a href="#s{number}">{number}. {html.escape(section)}</a>')
            figures = "\n".join(_figure(one, alone=len(taken) == 1) for one in taken)
            body.append(
                f'<section id="s{number}"><h2><span>{number}</span>{html.escape(section)}</h2>'
                f'<p class="quiet">{html.escape(text)}</p><div class="grid">{figures}</div></section>'
            )
        page = (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>"
            f"<header><h1>{html.escape(title)}</h1>"
            f'<p class="quiet">{html.escape(intro)}</p><nav>{"".join(contents)}</nav></header>'
            f"<main>{''.join(body)}</main><footer>fcm {html.escape(__version__)}</footer></body></html>\n"
        )
        path = self.folder / "index.html"
        path.write_text(page, encoding="utf-8", newline="\n")
        return path


def _figure(one: Photograph, alone: bool) -> str:
    kind = ' class="wide"' if alone else ""
    caption = html.escape(one.caption)
    return (
        f'<figure{kind}><a href="{one.file}"><img src="{one.file}" alt="{caption}" loading="lazy" '
        f'width="{one.width}" height="{one.height}"></a><figcaption>{caption}</figcaption></figure>'
    )


def photograph(window: QWidget) -> QImage:
    """The window with its dialogs, lowest first, and open menus where they are."""
    ratio = window.devicePixelRatioF()
    image = window.grab().toImage()
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QRect(QPoint(0, 0), window.size())
    for dialog in _dialogs(window):
        painter.fillRect(frame, QColor(0, 0, 0, 70))
        _draw_dialog(painter, frame, dialog)
    origin = window.mapToGlobal(QPoint(0, 0))
    for menu in _menus():
        corner = menu.mapToGlobal(QPoint(0, 0)) - origin
        corner.setX(max(0, min(corner.x(), frame.width() - menu.width())))
        corner.setY(max(0, min(corner.y(), frame.height() - menu.height())))
        _draw_shadow(painter, QRect(corner, menu.size()))
        painter.drawPixmap(corner, menu.grab())
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def _dialogs(window: QWidget) -> list[QDialog]:
    """Visible dialogs of the window, those that others belong to first."""
    found = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]

    def depth(dialog: QDialog) -> int:
        parent, steps = dialog.parent(), 0
        while parent is not None:
            parent, steps = parent.parent(), steps + 1
        return steps

    return sorted(found, key=depth)


def _menus() -> list[QMenu]:
    menus = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
    # A submenu lies over its menu.
    return sorted(menus, key=lambda menu: menu.mapToGlobal(QPoint(0, 0)).x())


def _draw_dialog(painter: QPainter, frame: QRect, dialog: QDialog) -> None:
    whole = QRect(0, 0, dialog.width(), dialog.height() + TITLE_HEIGHT)
    whole.moveCenter(frame.center())
    whole.moveTop(max(0, whole.top()))
    _draw_shadow(painter, whole)
    palette = dialog.palette()
    bar = QRect(whole.left(), whole.top(), whole.width(), TITLE_HEIGHT)
    painter.fillRect(bar, palette.color(QPalette.ColorRole.Base))
    painter.setPen(palette.color(QPalette.ColorRole.WindowText))
    icon = dialog.windowIcon()
    painter.drawPixmap(bar.left() + 10, bar.top() + 7, icon.pixmap(16, 16))
    words = bar.adjusted(34, 0, -36, 0)
    text = painter.fontMetrics().elidedText(dialog.windowTitle(), Qt.TextElideMode.ElideRight, words.width())
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    _draw_cross(painter, bar)
    painter.drawPixmap(QPoint(whole.left(), whole.top() + TITLE_HEIGHT), dialog.grab())
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
    painter.drawRect(whole.adjusted(0, 0, -1, -1))


def _draw_cross(painter: QPainter, bar: QRect) -> None:
    middle = QPoint(bar.right() - 18, bar.center().y())
    painter.drawLine(middle + QPoint(-4, -4), middle + QPoint(4, 4))
    painter.drawLine(middle + QPoint(-4, 4), middle + QPoint(4, -4))


def _draw_shadow(painter: QPainter, around: QRect) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for spread in range(10, 0, -2):
        painter.setBrush(QColor(0, 0, 0, 10))
        painter.drawRoundedRect(QRectF(around.adjusted(-spread, -spread + 3, spread, spread + 3)), 8, 8)
    painter.setBrush(Qt.BrushStyle.NoBrush)
