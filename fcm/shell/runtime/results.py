"""What a text that was run gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import UnsupportedError
from fcm.shell.values.formatting import WIDTH
from fcm.shell.values.layout.display import format_values
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
        parts = [self._shown(width)] if self.objects else []
        return "\n".join([*parts, *(error.show(self.source) for error in self.errors)])

    def _shown(self, width: int) -> str:
        try:
            return format_values(self.objects, width)
        except UnsupportedError as error:  # what cannot be shown rightly is told in words
            return error.show(self.source)

    def json(self) -> list[Any]:
        """The output as plain JSON data."""
        return [as_json(item) for item in self.objects]
