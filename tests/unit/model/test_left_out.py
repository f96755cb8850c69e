"""What earlier versions left out means what it meant (see `left_out`)."""

from __future__ import annotations

from tests.unit.model.left_out import KEPT, defaults


def test_a_field_that_is_left_out_has_the_value_that_it_had() -> None:
    now = {line.split(" = ")[0]: line for line in defaults()}
    for line in KEPT.read_text(encoding="utf-8").splitlines():
        assert now.get(line.split(" = ")[0]) == line
