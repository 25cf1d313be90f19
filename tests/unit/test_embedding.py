"""The model's files: where they are not, or are not what they should be."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from gitstory.embedding import NotInstalled, install_command, load


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of the model's name, before any other."""
    if find_spec("numpy") is None or find_spec("tokenizers") is None:
        pytest.skip("the extra `semantic` is not installed")
    folder = tmp_path / "wordllama"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise SystemExit('it is not imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def test_files_that_are_not_there(package: Path) -> None:
    with pytest.raises(NotInstalled, match="cannot be loaded") as caught:
        load()
    assert (
        caught.value.exit_code == 2 and caught.value.hint is not None and "gitstory-cli[semantic]" in caught.value.hint
    )


def test_weights_that_are_none(package: Path) -> None:
    (package / "weights").mkdir()
    (package / "weights/l2_supercat_256.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(NotInstalled, match="cannot be loaded"):
        load()


@pytest.mark.skipif(find_spec("wordllama") is None, reason="the extra `semantic` is not installed")
def test_the_package_of_the_model_is_not_imported() -> None:
    embedder = load()
    made = embedder.embed(["one", "", "\ud800 half of a pair".encode("utf-8", "replace").decode()])
    assert made.shape == (3, 256) and [round(float((row @ row) ** 0.5), 3) for row in made] == [1.0, 0.0, 1.0]
    assert "wordllama" not in sys.modules


def test_the_extra_is_installed_as_gitstory_was(tmp_path: Path) -> None:
    assert install_command(tmp_path).startswith("pip install ")
    (tmp_path / "uv-receipt.toml").touch()
    assert install_command(tmp_path).startswith("uv tool install ")
    (tmp_path / "pipx_metadata.json").touch()
    assert install_command(tmp_path).startswith("pipx install --force ")
