"""The agents' stores as they are at this moment, for commands that look beyond the record."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from gitstory.attribution.conversation_trace import Trace
from gitstory.attribution.merge_versions import unite
from gitstory.git.repo import Repo
from gitstory.linking.collect_traces import Matters, read
from gitstory.linking.linker import Linker
from gitstory.linking.repo_match import all_sources, may_hold, ours
from gitstory.linking.visiting_conversations import is_visiting, part_here
from gitstory.model import Conversation, is_called, part_of_id
from gitstory.recording.recorder import Recorder, redacted_texts
from gitstory.recording.recording_setup import RecordingSetup, setup
from gitstory.store.store import StoryStore

Key = tuple[str, str]
"""(agent, native conversation id)."""


class Live:
    """Conversations that may be of this repository, read when asked for. Leaves nothing behind but the parse cache.

    `always` are conversations to take in whatever their directory, `since` leaves out transcripts not written to
    after that time, `matters` (see `linking.collect_traces`) those that have nothing to do with the question.
    """

    def __init__(
        self,
        repo: Repo,
        store: StoryStore,
        recording: RecordingSetup | None = None,
        *,
        since: float = 0.0,
        always: Iterable[Key] = (),
        matters: Matters = lambda brief: True,
    ) -> None:
        self.setup = recording or setup(repo)
        self.linker = Linker(repo, self.setup.context, remember=False)
        self.gathered = self.linker.gather(since, always, matters=matters)
        at, how, tasks = self.linker.at, self.setup.keeping, self.setup.context.tasks
        self.recorder = Recorder(store, self.gathered, at, self.linker.roots, how, tasks)

    def keys(self) -> list[Key]:
        """Conversations a person had that may be of this repository: to choose from by name, not to take all.

        What subagents did is part of the one that spawned them.
        """
        return [trace.key for trace in self.gathered.traces]

    def ours(self) -> list[Trace]:
        """Those of them that surely are of this repository."""
        return ours(self.gathered.traces, self.linker.at, self.setup.context.agents)

    def conversation(self, key: Key) -> Conversation | None:
        """As its agent has it now, distilled and redacted. Raises `RedactionFailed`."""
        return self.recorder.prepare(key)

    def whole(self, key: Key) -> Conversation | None:
        """As its agent has it now, entire and NOT redacted: never to be kept, printed or sent (see `redacted`)."""
        return unite(self.gathered.conversations(key))

    def visible(self, key: Key) -> Conversation | None:
        """`whole` without what is private, forgotten or (see `visiting_conversations`) of another repository."""
        whole = self.whole(key)
        if whole is not None and is_visiting(whole, self.linker.at, moved=key in self.linker.roots):
            whole = part_here(whole, self.linker.at)
        return None if whole is None else self.setup.private.visible(whole)

    def redacted(self, *texts: str) -> list[str]:
        """Texts of one conversation (its title, a prompt) as they may be shown."""
        return redacted_texts(self.setup.keeping, texts)

    def close(self) -> None:
        self.linker.close()

    def __enter__(self) -> Live:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def named_so(recording: RecordingSetup, prefix: str) -> list[Key]:
    """Conversations in the stores, of any directory, whose id starts with `prefix`, also behind `AGENT:`.

    Told from their sources' names; only where a name has no more than the first letters of an id is it looked into.
    """
    keys: set[Key] = set()
    for agent, source in all_sources(recording.context.agents, recording.context.where):
        if not may_hold(source, part_of_id(agent.name, prefix)):
            continue
        ids = [source.id] if source.id else [one.id for one in read(agent, source, []) if not one.subagent]
        keys |= {key for ident in ids if is_called(key := (agent.name, ident), prefix)}
    return sorted(keys)
