from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gitstory.agents import registry
from gitstory.errors import GitStoryError

PLUGIN = """
class Agent:
    name, label, markers = "{name}", "Other", {{}}
    roots = sources = places = folder_of = read = None
AGENT = Agent()
"""


def install(where: Path, points: dict[str, str], **modules: str) -> None:
    """A distribution at `where` with entry points and modules, as pip leaves one behind."""
    info = where / "other-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    lines = "".join(f"{name} = {target}\n" for name, target in points.items())
    (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{lines}")
    for name, text in modules.items():
        (where / f"{name}.py").write_text(text)


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = {
        "other": "gitstory_other:AGENT",
        "broken": "gitstory_broken:AGENT",
        "liar": "gitstory_other:AGENT",
        "hollow": "gitstory_hollow:AGENT",
        "codex": "gitstory_other:AGENT",
    }
    install(
        tmp_path,
        points,
        gitstory_other=PLUGIN.format(name="other"),
        gitstory_broken="raise RuntimeError('no licence\\nfor this')",
        gitstory_hollow="AGENT = object()",
    )
    monkeypatch.syspath_prepend(str(tmp_path))


def test_the_static_markers_are_the_readers_own() -> None:
    for reader in registry.agents():
        assert dict(reader.markers) == registry.MARKERS[reader.name]


def test_markers_tell_agent_and_kind() -> None:
    told = registry.markers()
    assert told["CODEX_THREAD_ID"] == ("codex", "conversation")
    assert told["CODEX_TOOL_CALL_ID"] == ("codex", "call")
    assert told["CLAUDE_CODE_SESSION_ID"] == ("claude-code", "conversation")


def test_markers_import_no_reader_and_scan_no_metadata() -> None:
    probe = (
        "import sys; from gitstory.agents import registry; registry.markers();"
        "print([m for m in sys.modules if m.startswith(('gitstory.agents.c', 'importlib.metadata'))])"
    )
    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_built_in_readers_are_found_by_name() -> None:
    reader = registry.agent("codex")
    assert (reader.name, reader.label) == ("codex", "Codex")
    assert reader in registry.agents()


@pytest.mark.usefixtures("plugins")
def test_plugins_are_found_and_broken_ones_reported() -> None:
    found = registry.discover()
    names = [reader.name for reader in found.agents]
    assert "other" in names
    assert names.count("codex") == 1
    reasons = dict(found.problems)
    assert reasons["broken"] == "RuntimeError: no licence"
    assert reasons["liar"] == "calls itself 'other'"
    assert reasons["hollow"].startswith("lacks name, label")


@pytest.mark.usefixtures("plugins")
def test_plugins_are_looked_for_only_when_asked() -> None:
    assert "other" not in [reader.name for reader in registry.agents()]
    assert "other" in [reader.name for reader in registry.agents(plugins=True)]
    assert registry.agent("other").label == "Other"


@pytest.mark.usefixtures("plugins")
def test_a_broken_plugin_asked_for_by_name_is_an_error_with_its_reason() -> None:
    with pytest.raises(GitStoryError, match="no licence"):
        registry.agent("broken")


def test_an_unknown_name_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(GitStoryError, match="unknown agent 'nobody'") as caught:
        registry.agent("nobody")
    assert caught.value.hint is not None
    assert "codex" in caught.value.hint
