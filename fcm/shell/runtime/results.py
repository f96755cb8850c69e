"""What a text that was run gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fcm.shell.values.formatting import WIDTH, format_values
from fcm.shell.values.values import as_json

if TYPE_CHECKING:
    from fcm.shell.language.errors import ShellError


@dataclass
class Results:
    """What one text gave."""

    source: str
    objects: list[Any] = field(default_factory=list)
    errors: list[ShellError] = field(default_factory=list)
    grid: list[tuple[str, list[Any]]] = field(default_factory=list)
    """Tables that Out-GridView was asked for: title and objects."""
    exit_code: int | None = None
    """The number that ``exit`` gave; None: the script came to its end."""

    @property
    def ok(self) -> bool:
        """Whether everything was carried out."""
        return not self.errors

    def text(self, width: int = WIDTH) -> str:
        """The output as text, the errors after it."""
        parts = [format_values(self.objects, width)] if self.objects else []
        return "\n".join([*parts, *(error.show(self.source) for error in self.errors)])

    def json(self) -> list[Any]:
        """The output as plain JSON data."""
        return [as_json(item) for item in self.objects]
