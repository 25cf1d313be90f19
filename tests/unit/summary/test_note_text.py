from __future__ import annotations

from gitstory.model import Conversation, FileStory, Link, Range, Story, Turn, TurnLink
from gitstory.summary.note_text import note_text


def story(conversations: int, turns: int) -> Story:
    links = tuple(
        Link("codex", f"c{n}", "lines", 3, tuple(TurnLink(f"t{t}", t, "lines", 1) for t in range(1, turns + 1)))
        for n in range(conversations)
    )
    ranges = tuple(Range(3 * n + 1, 3 * n + 3, "codex", f"c{n}", "t1") for n in range(conversations))
    return Story(commit="a" * 40, links=links, files=(FileStory("a.py", 3 * conversations + 2, 0, ranges),))


def talk(name: str, turns: int, prompt: str = "please " * 40) -> Conversation:
    made = tuple(Turn(id=f"t{t}", index=t, prompt=prompt) for t in range(1, turns + 1))
    return Conversation(agent="codex", id=name, turns=made, models=("model-x",))


def test_it_is_bounded_and_deterministic() -> None:
    talks = {("codex", f"c{n}"): talk(f"c{n}", 30) for n in range(9)}
    text = note_text(story(9, 30), talks)
    assert len(text.splitlines()) <= 15 and max(map(len, text.splitlines())) <= 76
    assert text == note_text(story(9, 30), dict(reversed(talks.items())))
    assert text.endswith("\n")


def test_who_what_and_how_much() -> None:
    text = note_text(story(1, 2), {("codex", "c0"): talk("c0", 2, "Make it blue\nand round")})
    assert text.splitlines() == [
        "Codex (model-x): wrote 3 of 5 added lines",
        "  1. Make it blue",
        "  2. Make it blue",
        "2 lines not explained by any conversation (a.py)",
    ]


def test_the_size_of_the_commit_and_the_history_file_can_be_given() -> None:
    where = {("codex", "c0"): ".gitstory/history/x.md"}
    text = note_text(story(1, 1), {}, added=50, history=where)
    assert "wrote 3 of 50 added lines" in text and "  .gitstory/history/x.md" in text
    assert "(text not stored)" in text and "47 lines not explained" in text


def test_turns_the_story_does_not_name_change_nothing() -> None:
    talks = {("codex", "c0"): talk("c0", 30, "no, wrong")}
    few = {("codex", "c0"): talk("c0", 2, "no, wrong")}
    assert note_text(story(1, 2), talks) == note_text(story(1, 2), few)


def test_nothing_a_terminal_obeys_gets_in() -> None:
    text = note_text(story(1, 1), {("codex", "c0"): talk("c0", 1, "\x1b[31mred\u202e\r\x07")})
    assert not [char for char in text if ord(char) < 32 and char != "\n"] and "\u202e" not in text
