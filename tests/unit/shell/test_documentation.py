from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk

PAGE = Path(__file__).resolve().parents[3] / "docs" / "powershell.md"


def test_the_page_of_documentation_lists_each_cmdlet_and_what_it_cannot_do(desk: ShellDesk) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for cmdlet in desk.session.registry.cmdlets.values():
        assert f"| `{cmdlet.name}`" in text
        for param in cmdlet.parameters:
            assert not param.absent or f"`-{param.name}`: {param.absent}" in text
