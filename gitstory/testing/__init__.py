"""The conformance test that every reader of an agent's store passes, ours and plug-ins'.

One line in a test of yours:

    from gitstory.testing import conformance

    def test_my_reader(tmp_path):
        conformance(AGENT, Path("tests/data/my-agent"), tmp_path, Expect(conversations=2, prompts=3, edits=4))

It needs nothing but a small real store, works on copies of it, and raises `NotConforming` (an AssertionError) that
names everything that is wrong. docs/adding-an-agent.md says what is asked of a reader and why.
"""

from gitstory.testing.conform import Expect, NotConforming, conformance
from gitstory.testing.reader_counts import Findings, findings

__all__ = ["Expect", "Findings", "NotConforming", "conformance", "findings"]
