"""Stories of commits that were asked for before."""

from __future__ import annotations

from collections.abc import Iterable

from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.sources.chain import SourceChain
from gitstory.store.store import StoryStore
from gitstory.ui.story_cache import KeptStories
from gitstory.ui.workspace import Workspaces
from tests.gitrepo import GitRepo
from tests.stories import Told, store


class Counted(SourceChain):
    """A chain that notes what it was asked."""

    def __init__(self, repo: Repo) -> None:
        super().__init__(StoryStore(repo), ())
        self.asked: list[list[str]] = []

    def stories(self, commits: Iterable[str], /) -> dict[str, Story]:
        wanted = list(commits)
        self.asked.append(wanted)
        return super().stories(wanted)


def test_each_commit_is_asked_for_once_whether_it_has_a_story_or_not(repo: GitRepo) -> None:
    told = Told(repo)
    with Repo.open(repo.path) as opened:
        chain = Counted(opened)
        kept = KeptStories(chain)
        assert set(kept.stories([told.first, told.second])) == {told.second}
        assert set(kept.stories([told.third, told.first, told.second])) == {told.second, told.third}
        assert kept.story(told.first) is None
        assert chain.asked == [[told.first, told.second], [told.third]]


def test_a_story_that_is_stored_meanwhile_is_seen(repo: GitRepo) -> None:
    told = Told(repo)
    later = repo.commit("Later", {"calc.py": "pass\n"})
    workspaces = Workspaces(repo.path)
    with workspaces.open() as space:
        assert space.sources.story(later) is None
    store(repo.path, [Story(commit=later, links=told.stories[told.third].links)])
    with workspaces.open() as space:
        assert space.sources.story(later) is not None
    workspaces.close()
