from pathlib import Path

from gitstory_scribe import AGENT

from gitstory.testing import Expect, conformance

STORE = Path(__file__).parent / "store"


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, STORE, tmp_path, Expect(conversations=1, prompts=2, edits=2), roots=["sessions"])
