"""What the rules say of clusters on days of failures is what tests/data/verdicts says (see `verdicts`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.model.verdicts import CLUSTERS, FOLDER, told

if TYPE_CHECKING:
    from pathlib import Path


def _as_written(name: str, folder: Path) -> None:
    kept = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert told(name, folder).splitlines() == kept


def test_each_cluster_of_verdicts_is_written_down() -> None:
    assert set(CLUSTERS) == {path.stem for path in FOLDER.glob("*.txt")}


def test_what_the_rules_say_of_a_cluster_of_2008_r2_with_a_shared_volume(tmp_path: Path) -> None:
    _as_written("contoso", tmp_path)


def test_what_the_rules_say_of_a_cluster_with_a_file_share_witness(tmp_path: Path) -> None:
    _as_written("share", tmp_path)


def test_what_the_rules_say_of_a_cluster_with_many_machines_and_little_memory(tmp_path: Path) -> None:
    _as_written("many", tmp_path)
