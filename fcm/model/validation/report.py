"""What validation and pre-flight checks found, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Outcome of one validation test or one pre-flight check."""

    name: str
    category: str
    level: str
    """One of "pass", "warn", "fail", "info"."""
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """What Validate a Configuration found."""

    time: float
    results: tuple[CheckResult, ...]

    @property
    def level(self) -> str:
        """The worst level among the results."""
        found = {result.level for result in self.results}
        return next((level for level in ("fail", "warn", "pass") if level in found), "info")
