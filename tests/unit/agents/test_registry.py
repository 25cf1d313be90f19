from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gitstory.agents import registry, used_on_this_machine
from gitstory.agents.catalog import AGENTS, EDITORS, STORE_VARIABLES
from gitstory.errors import GitStoryError
from gitstory.text.wording import agent_label

ROOT = Path(__file__).resolve().parents[3]
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


def test_facts_in_the_catalog_are_the_readers_own() -> None:
    for reader in registry.agents():
        info = AGENTS[reader.name]
        assert dict(reader.markers) == info.markers
        assert reader.label == info.label
        assert getattr(reader, "local", ()) == info.local
        assert getattr(reader, "secondhand", False) == info.secondhand


def test_the_package_names_every_reader() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    points = {name: f"gitstory.agents.{info.module}:AGENT" for name, info in AGENTS.items()}
    assert project["entry-points"][registry.GROUP] == points


def test_the_catalog_imports_nothing_of_gitstory() -> None:
    probe = (
        "import sys; import gitstory.agents.catalog; print(sorted(m for m in sys.modules if m.startswith('gitstory')))"
    )
    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ast.literal_eval(run.stdout) == ["gitstory", "gitstory.agents", "gitstory.agents.catalog"]


VARIABLES = [name for name in STORE_VARIABLES if name != "HOME"]


@pytest.mark.parametrize("variables", [(), *((name,) for name in VARIABLES), tuple(VARIABLES)])
def test_every_root_lies_where_signs_are_looked_for(variables: tuple[str, ...], tmp_path: Path) -> None:
    """Else an agent that is used here would be taken for absent."""
    env = {name: str(tmp_path / name.lower()) for name in variables}
    for base in (tmp_path / ".config", *map(Path, env.values())):
        for editor in EDITORS:
            (base / editor / "User").mkdir(parents=True, exist_ok=True)
    for reader in registry.agents():
        if not AGENTS[reader.name].signs:
            continue
        looked = list(used_on_this_machine.places(reader.name, env, tmp_path))
        for root in reader.roots(env, tmp_path):
            assert any(root == place or place in root.parents for place in looked), (reader.name, root)


def test_readers_of_absent_agents_are_not_imported(tmp_path: Path) -> None:
    (tmp_path / ".codex" / "sessions").mkdir(parents=True)
    probe = (
        "import sys; from pathlib import Path; from gitstory.agents import registry\n"
        f"for one in registry.deferred():\n"
        f"    for root in one.roots({{}}, Path({str(tmp_path)!r})): list(one.sources(root))\n"
        "print(sorted({m.split('.')[2] for m in sys.modules if m.startswith('gitstory.agents.')} & set(sys.argv[1:])))"
    )
    names = [info.module for info in AGENTS.values()]
    run = subprocess.run([sys.executable, "-c", probe, *names], capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(run.stdout))
    assert "codex" in loaded and loaded <= {"codex", *unsigned()}


def unsigned() -> set[str]:
    """Modules of agents whose signs are not told: they are always read."""
    return {info.module for info in AGENTS.values() if not info.signs}


def test_every_reader_goes_by_one_name() -> None:
    """What is recorded is told without its reader, under the name the reader has."""
    assert {one.name: agent_label(one.name) for one in registry.agents()} == {
        one.name: one.label for one in registry.agents()
    }


def test_markers_tell_agent_and_kind() -> None:
    told = registry.markers()
    assert told["CODEX_THREAD_ID"] == ("codex", "conversation")
    assert told["CODEX_TOOL_CALL_ID"] == ("codex", "call")
    assert told["CLAUDE_CODE_SESSION_ID"] == ("claude-code", "conversation")


def test_markers_import_no_reader_and_scan_no_metadata() -> None:
    probe = (
        "import sys; from gitstory.agents import registry; registry.markers();"
        "names = ('gitstory.agents.cl', 'gitstory.agents.co', 'importlib.metadata');"
        "print([m for m in sys.modules if m.startswith(names)])"
    )
    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_built_in_readers_are_found_by_name() -> None:
    reader = registry.agent("codex")
    assert (reader.name, reader.label) == ("codex", "Codex")
    assert reader.name in [one.name for one in registry.agents()]


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


def test_what_is_installed_meanwhile_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "later" not in [one.name for one in registry.discover().agents]
    install(tmp_path, {"later": "gitstory_later:AGENT"}, gitstory_later=PLUGIN.format(name="later"))
    assert "later" in [one.name for one in registry.discover().agents]
