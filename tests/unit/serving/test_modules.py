"""The PowerShell modules: written from the registry, whole, and such as a parser of PowerShell takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Parser

from fcm.shell.runtime.absent import ABSENT
from fcm.shell.runtime.registry import REGISTRY
from fcm.shell.serving import modules, wire
from fcm.shell.serving.modules import LOOKS, MODULES, module_files
from tests.quality.source import TOP

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = TOP / "resources" / "powershell"
SCRIPTS = sorted([*FOLDER.glob("*/*.ps*1"), *FOLDER.glob("*.ps1")])


def functions(module: str) -> dict[str, str]:
    """The functions of a module by their names."""
    text = module_files()[f"{module}/{module}.psm1"]
    parts = re.split(r"^function (\S+) \{$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", sorted(module_files()))
def test_the_committed_files_are_those_that_would_be_written(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8-sig") == module_files()[name], (
        "python packaging/powershell_modules.py"
    )


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_parser_of_powershell_takes_every_file(path: Path) -> None:
    tree = Parser(Language(tree_sitter_powershell.language())).parse(path.read_text(encoding="utf-8-sig").encode())
    assert not tree.root_node.has_error


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_windows_powershell_reads_what_is_not_ascii_by_the_mark_at_the_beginning(path: Path) -> None:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") or raw.isascii()


@pytest.mark.parametrize("module", MODULES)
def test_each_cmdlet_is_a_function_with_its_parameters(module: str) -> None:
    made = functions(module)
    known = [one for one in REGISTRY.cmdlets.values() if one.module in MODULES[module][0]]
    assert known
    for cmdlet in known:
        body = made[cmdlet.name]
        if cmdlet.raw:
            assert f"'{cmdlet.name}' $args" in body
            continue
        declared = re.findall(r"\$\{(\w+)\}", body)
        own = [one for one in declared if one != "PipedObject"]
        assert own == [one.name for one in cmdlet.parameters]
        assert ("SupportsShouldProcess=$true" in body) != cmdlet.name.startswith(LOOKS)
        for param in cmdlet.parameters:
            line = next(line for line in body.splitlines() if f"${{{param.name}}}" in line)
            assert ("[switch]" in line) == (param.kind == "switch")
            assert all(f"'{alias}'" in line for alias in param.aliases)
            assert ("Complete-Fcm" in line) == (param.kind in ("text", "texts") and not param.absent)


@pytest.mark.parametrize("module", MODULES)
def test_exactly_one_parameter_takes_the_pipeline(module: str) -> None:
    for name, body in functions(module).items():
        if "CmdletBinding" in body:
            assert body.count("ValueFromPipeline=$true") == 1, name


@pytest.mark.parametrize("module", MODULES)
def test_the_manifest_exports_what_the_module_has(module: str) -> None:
    manifest = module_files()[f"{module}/{module}.psd1"]
    listed = manifest.split("FunctionsToExport = @(")[1].split(")")[0]
    assert re.findall(r"'([^']+)'", listed) == list(functions(module))


@pytest.mark.parametrize(("module", "count"), [("FailoverClusters", 132), ("Hyper-V", 226)])
def test_every_name_of_the_module_of_windows_is_there_and_says_so_where_fcm_does_not_have_it(
    module: str, count: int
) -> None:
    """PowerShell would load the real module for a name that is missing."""
    made = {name.casefold(): body for name, body in functions(module).items()}
    names = modules.microsoft_names(module)
    assert len(names) == count
    for name in names:
        body = made[name.casefold()]
        if REGISTRY.get(name) is None:
            assert "throw" in body
            assert "'NotImplemented'" in body


def test_names_of_windows_server_2008_r2_that_are_gone_today_are_there_as_well() -> None:
    made = functions("FailoverClusters")
    assert all(name in made for name in ABSENT if name.partition("-")[2].startswith("Cluster"))


def test_no_name_is_in_two_modules() -> None:
    assert not set(functions("FailoverClusters")) & set(functions("Hyper-V"))


def test_the_module_speaks_the_protocol_of_the_server() -> None:
    text = (FOLDER / "Fcm" / "Fcm.psm1").read_text(encoding="utf-8-sig")
    assert f"$script:Protocol = {wire.PROTOCOL}\n" in text
    asked = set(re.findall(r"do = '(\w+)'", text)) | set(re.findall(r'"do":"(\w+)"', text))
    assert asked == {"hello", "invoke", "set", "read", "complete", "grid", "stop"}
    for stream in ("outputs", "progress", "warning", "verbose", "debug", "host", "ask", "error"):
        assert f"$_.{stream}" in text
    for kind in ("time", "span", "double", "lines", "name", "enum", "table"):
        assert f"'{kind}' {{" in text


def test_columns_of_tables_are_properties_or_computed() -> None:
    views = modules.module_files()["Fcm/Fcm.format.ps1xml"]
    named = set(re.findall(r"<PropertyName>([^<]+)</PropertyName>", views))
    assert all(re.fullmatch(r"\w+", name) for name in named)


def test_help_of_the_modules_has_the_texts_of_the_parameters() -> None:
    text = module_files()["Hyper-V/Hyper-V.psm1"]
    assert ".PARAMETER SnapshotName\n    Name of the snapshot. Default:" in text
    assert ".PARAMETER IncludeStorage\n    Not supported: storage migration is not supported." in text
