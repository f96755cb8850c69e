"""Text in XML is written as the standard library writes it, and without what that imports."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING
from xml.sax import saxutils

from hypothesis import given
from hypothesis import strategies as st

from fcm.text.markup import escape, quoteattr
from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = st.text(alphabet="ab<>&\"'\n\r\t ä", max_size=12)


@given(TEXTS)
def test_texts_and_attributes_are_those_of_the_standard_library(text: str) -> None:
    assert escape(text) == saxutils.escape(text)
    assert quoteattr(text) == saxutils.quoteattr(text)


def test_a_session_starts_without_http_and_tls(tmp_path: Path) -> None:
    code = (
        "import sys; from fcm.shell.runtime.session import ShellSession; from fcm.shell.serving import server, shared; "
        "from fcm.shell import cmdlets; cmdlets.load(); print([m for m in ('http', 'ssl') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=stretched(PROGRAM_PATIENCE)
    )
    assert done.stdout.strip() == "[]"
