"""Which tests belong to a run: what needs more than a clone is left out unless asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import examples, lanes


@pytest.mark.parametrize(("name", "variable"), lanes.VARIABLES.items())
def test_a_lane_is_left_out_unless_its_variable_is_set(
    name: str, variable: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request.node.add_marker(name)
    monkeypatch.delenv(variable, raising=False)
    assert not lanes.is_open(request.node)
    assert lanes.split([request.node]) == ([], [request.node])
    assert variable in lanes.left_out()
    monkeypatch.setenv(variable, "1")
    assert lanes.is_open(request.node)
    assert variable not in lanes.left_out()


def test_what_reads_real_files_is_left_out_where_they_are_not(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    request.node.add_marker(pytest.mark.real_files(tmp_path))
    assert lanes.is_open(request.node)
    request.node.add_marker(pytest.mark.real_files(tmp_path / "absent"))
    assert not lanes.is_open(request.node)


def test_an_ordinary_run_tries_a_quarter_and_a_thorough_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "THOROUGH", False)
    assert [examples.tries(count) for count in (4, 20, 100)] == [4, 10, 25]
    assert (examples.some("abcd"), examples.some(range(100))) == ("abcd", range(0, 100, 4))
    monkeypatch.setattr(examples, "THOROUGH", True)
    assert examples.tries(100) == 500
    assert examples.some(range(100)) == range(100)
