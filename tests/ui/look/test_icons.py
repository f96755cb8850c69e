"""Icons: drawn in the text colour, visible on light and dark, grey when disabled."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtSvg import QSvgRenderer

from fcm import resources
from fcm.ui.look import icons, theme
from fcm.ui.look.theme import Scheme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

NAMES = sorted(icons.available())


def colours_of(image: QImage) -> set[str]:
    """The opaque colours of a picture."""
    pixels = (QColor.fromRgba(image.pixel(x, y)) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_is_an_svg_on_the_grid_that_qt_can_draw(name: str) -> None:
    file = resources.path("icons", f"{name}.svg")
    root = ElementTree.parse(file).getroot()
    assert root.get("viewBox") == "0 0 16 16"
    assert QSvgRenderer(str(file)).isValid()


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_shows_something_on_light_and_on_dark(qapp: QApplication, name: str) -> None:
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        theme.apply(qapp, scheme)
        image = icons.pixmap(name, 32).toImage()
        assert image.size() == QSize(32, 32)
        seen = sum(QColor.fromRgba(image.pixel(x, y)).alpha() > 128 for x in range(32) for y in range(32))
        assert seen > 40


def test_outlines_take_the_text_colour_and_follow_a_switch(qapp: QApplication) -> None:
    icon = icons.icon("vm")
    text = theme.palette(Scheme.LIGHT).windowText().color().name()
    assert text in colours_of(icon.pixmap(32, 32).toImage())
    theme.apply(qapp, Scheme.DARK)
    text = theme.palette(Scheme.DARK).windowText().color().name()
    assert text in colours_of(icon.pixmap(32, 32).toImage())


def test_a_disabled_icon_has_no_colour(qapp: QApplication) -> None:
    picture = icons.icon("vm-failed").pixmap(QSize(32, 32), QIcon.Mode.Disabled).toImage()
    assert all(QColor(colour).saturation() == 0 for colour in colours_of(picture))


@pytest.mark.parametrize("edge", [16, 20, 24, 32])
def test_an_icon_is_drawn_at_the_size_and_density_asked_for(qapp: QApplication, edge: int) -> None:
    picture = icons.icon("node").pixmap(QSize(edge, edge), 2.0)
    assert picture.size() == QSize(2 * edge, 2 * edge)
    assert picture.devicePixelRatio() == 2.0


def test_a_copy_of_an_icon_lives_on_its_own(qapp: QApplication) -> None:
    original = icons.icon("cluster")
    copies = [QIcon(original) for _ in range(50)]
    for copy in copies:
        copy.addPixmap(icons.pixmap("node", 16))  # Qt makes a copy of the engine here
    assert copies[7].pixmap(16, 16).toImage() == icons.pixmap("cluster", 16).toImage()
    del copies, copy
    assert original.pixmap(16, 16).toImage() == icons.pixmap("cluster", 16).toImage()


def test_an_unknown_icon_is_named_in_the_error() -> None:
    with pytest.raises(LookupError, match='no icon "unicorn"'):
        icons.icon("unicorn")
