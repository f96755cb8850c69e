"""Location of the files included in the program: in the source tree, in the wheel, in the bundle."""

from __future__ import annotations

from pathlib import Path

from fcm.installation import again

_PACKAGE = Path(__file__).resolve().parent


def root() -> Path:
    """The folder of the shipped resources.

    In a wheel and in a bundle they are inside the package (``fcm/_resources``), in a source tree next to it.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for folder in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        if (folder / "clusters").is_dir():
            return folder
    raise FileNotFoundError(f"The resources of fcm are missing from this installation. {again()}")


def path(*parts: str) -> Path:
    """The path of one shipped file, such as ``path("clusters", "contoso.toml")``; it need not exist."""
    return root().joinpath(*parts)
