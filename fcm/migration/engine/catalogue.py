"""Workloads as small TOML files: the named ones included in the program, and anyone's own.

A file has ``name``, ``title`` and ``source`` (where the figures come from, or that they are assumed), ``utilisation``
(share of a processor the writing takes), optionally ``zero_share`` (share of the memory that is zero pages), ``boot``
(s that the guest boots) and ``[burst]`` (writes, silence in s), and one ``[[pattern]]`` or more: kind uniform, zipf,
sweep or scattered; size_mib; rate (writes/s); first_mib but for scattered; exponent for zipf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm import resources
from fcm.migration.engine.workload import BOOT, PAGE, Burst, Pattern, Scattered, Sweep, Uniform, Workload, Zipf
from fcm.migration.fields import Fields, UnreadableFileError
from fcm.text.textfile import WORKLOAD, TextFileError, parse_toml, read_text
from fcm.text.words import quoted

if TYPE_CHECKING:
    from pathlib import Path

_MIB_PAGES = (1 << 20) // PAGE
_MOST_MIB = 1 << 26


def workload_names() -> tuple[str, ...]:
    """Names of the included workloads."""
    return tuple(sorted(p.stem for p in resources.path("workloads").glob("*.toml")))


def named_workload(name: str) -> Workload:
    """An included workload.

    Raises:
        KeyError: with a sentence that lists the known names.
    """
    if name not in workload_names():
        raise KeyError(f"unknown workload {quoted(name)}; known workloads are {', '.join(workload_names())}")
    return load_workload(resources.path("workloads", f"{name}.toml"))


def load_workload(path: Path) -> Workload:
    """Reads a workload file.

    Raises:
        BadFileError: naming the file, the field and what was expected.
    """
    try:
        data = parse_toml(read_text(path, WORKLOAD), path)
    except TextFileError as error:
        raise UnreadableFileError(error) from error
    return workload_from(Fields(data, str(path)), path.stem)


def workload_from(f: Fields, name: str = "") -> Workload:
    """A workload from an object in the form of the files; ``name`` where it states none. Raises BadFileError."""
    patterns = tuple(_pattern(p) for p in f.objects("pattern", 1000))
    if not patterns:
        raise f.bad("pattern", "at least one [[pattern]]", "none")
    burst = None
    if f.has("burst"):
        b = f.inner("burst")
        burst = Burst(b.whole("writes", 1, 1 << 50), b.number("silence", 0, 1e6, unit="s"))
    return Workload(
        patterns,
        name=f.text("name", name, 200),
        source=f.text("source", "", 2000),
        burst=burst,
        utilisation=f.number("utilisation", 0.001, 64, 1.0),
        zero_share=f.number("zero_share", 0, 1, 0.0),
        boot=f.number("boot", 0, 3600, BOOT, unit="s"),
    )


def workload_json(workload: Workload) -> dict[str, Any]:
    """An object in the form of the files that ``workload_from`` reads again."""
    out: dict[str, Any] = {"name": workload.name, "source": workload.source, "utilisation": workload.utilisation}
    if workload.zero_share:
        out["zero_share"] = workload.zero_share
    if workload.boot != BOOT:
        out["boot"] = workload.boot
    if workload.burst is not None:
        out["burst"] = {"writes": workload.burst.writes, "silence": workload.burst.silence}
    out["pattern"] = []
    for p in workload.patterns:
        entry: dict[str, Any] = {"kind": type(p).__name__.lower(), "size_mib": p.pages / _MIB_PAGES, "rate": p.rate}
        if not isinstance(p, Scattered):
            entry["first_mib"] = p.first / _MIB_PAGES
        if isinstance(p, Zipf):
            entry["exponent"] = p.exponent
        out["pattern"].append(entry)
    return out


def _pattern(p: Fields) -> Pattern:
    kind = p.text("kind", "")
    pages = max(1, round(p.number("size_mib", 1.0 / _MIB_PAGES, _MOST_MIB, unit="MiB") * _MIB_PAGES))
    rate = p.number("rate", 0, 1e9, unit="writes/s")
    if kind == "scattered":
        return Scattered(pages, rate)
    first = round(p.number("first_mib", 0, _MOST_MIB, unit="MiB") * _MIB_PAGES)
    if kind == "uniform":
        return Uniform(first, pages, rate)
    if kind == "zipf":
        return Zipf(first, pages, rate, p.number("exponent", 0, 10))
    if kind == "sweep":
        return Sweep(first, pages, rate)
    raise p.bad("kind", "uniform, zipf, sweep or scattered", kind)
