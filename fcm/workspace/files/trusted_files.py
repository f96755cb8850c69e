"""What the owner of a hosts file has allowed it: kept by path and content, so that a changed file asks anew.

The list is not part of the settings: those are copied from one computer to another, and this must not be.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING

from fcm.backend.toml_table import UntrustedFileError as UntrustedFileError  # the window knows it by this room
from fcm.text.textfile import SETTINGS, TextFileError, parse_json, read_text, whole_path
from fcm.workspace.files.folders import data_folder
from fcm.workspace.files.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "trusted-files.json"
MOST = 500
"""Files that are remembered; the oldest give way."""


class TrustedFiles:
    """The files of which a person has said yes to what they ask for. Blocks: every method reads or writes a file."""

    def __init__(self, folder: Path | None = None) -> None:
        """The list in ``folder`` (default: the data folder)."""
        self.path = (folder or data_folder()) / FILE_NAME

    def allows(self, path: Path, digest: str) -> bool:
        """Whether this content (SHA-256, hexadecimal) of this file was allowed."""
        return self._read().get(str(whole_path(path))) == digest

    def allow(self, path: Path, digest: str) -> None:
        """Remember that this content of this file is allowed.

        Raises:
            OSError: the list cannot be written.
        """
        known = self._read()
        known.pop(str(whole_path(path)), None)
        kept = dict([*known.items(), (str(whole_path(path)), digest)][-MOST:])
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(self.path) as file:
            file.write(json.dumps(kept, indent=1, ensure_ascii=False).encode("utf-8", "surrogateescape"))
        self.path.chmod(0o600)

    def _read(self) -> dict[str, str]:
        """Digests by path; nothing where the list is not there, damaged, or could have been written by others."""
        try:
            status = os.stat(self.path)
            if sys.platform != "win32" and (
                status.st_uid not in (0, os.geteuid()) or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            ):
                return {}
            found = parse_json(read_text(self.path, SETTINGS), self.path)
        except (OSError, TextFileError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(path): digest for path, digest in found.items() if isinstance(digest, str)}
