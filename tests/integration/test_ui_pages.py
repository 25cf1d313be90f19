"""`git story ui`: what the pages show, against what the commands print."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest

from gitstory.model import Conversation, FileStory, Mark, Range, Say, Story, Think, Turn, TurnLink
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.served import Served, served
from tests.stories import AGENT, CALC_3, ID, Told, link, ranged, store


class Project(NamedTuple):
    told: Told
    server: Served


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        (home / ".gitconfig").write_text("[user]\n\tname = Dev One\n\temail = dev@example.com\n")
        told = Told(GitRepo.init(tmp_path_factory.mktemp("ui") / "calc"))
        with served(told.repo.path) as server:
            yield Project(told, server)


def printed(where: Path, *args: str) -> list[object]:
    said = story(where, *args)
    assert said.code == 0, said.err
    return [json.loads(line) for line in said.out.splitlines()]


def test_json_is_what_the_commands_print(project: Project) -> None:
    server, where = project.server, project.told.repo.path
    for rev in ("~", "HEAD", project.told.second):
        named = [] if rev == "~" else [rev]
        assert server.read(f"/file.json/{rev}/calc.py") == printed(where, "blame", "--json", *named, "--", "calc.py")
    assert [server.read("/commit.json/HEAD")] == printed(where, "show", "--json", "HEAD")
    assert server.read("/commits.json") == printed(where, "log", "--json", "--include-empty")
    assert server.read("/commits.json?stories=1") == printed(where, "log", "--json")
    assert [server.read("/why.json/~/calc.py?lines=6")] == printed(where, "why", "--json", "calc.py:6")
    assert [server.read("/why.json/HEAD~1/calc.py?lines=5-6")] == printed(where, "why", "--json", "HEAD~1:calc.py:5-6")
    assert [server.read(f"/conversation.json/{AGENT}/{ID}")] == printed(where, "show", "--json", ID)
    assert server.read("/conversations.json") == printed(where, "conversations", "--json")
    assert server.read("/search.json?q=divide") == printed(where, "search", "--json", "divide")
    assert [server.read("/explain.json/HEAD")] == printed(where, "explain", "--json", "HEAD")


RUN = re.compile(r'<div class="run ([^"]*)"(?: data-o="(\d+)")?>(.*?)</div></div></div>', re.DOTALL)
TURN = re.compile(r"/conversation/([^/]+)/([^?]+)\?turn=(\d+)")


def turns_of_lines(html: str) -> list[int | None]:
    """The index of the turn that the page names for each line."""
    result: list[int | None] = []
    for _, owner, inside in RUN.findall(html):
        turn = TURN.search(inside)
        assert bool(owner) == (turn is not None)
        result += [int(turn[3]) if turn else None] * inside.count('class="l"')
    return result


@pytest.mark.parametrize("rev", ["~", "HEAD", "HEAD~1"])
def test_each_line_has_the_turn_that_blame_names(project: Project, rev: str) -> None:
    lines = project.server.read(f"/file.json/{rev}/calc.py")
    expected = [None if line["turn"] is None else int(line["turn"][1:]) for line in lines]
    assert turns_of_lines(project.server.page(f"/file/{rev}/calc.py")) == expected
    assert any(expected)


def test_the_reason_of_a_line(project: Project) -> None:
    html = project.server.page("/why/~/calc.py?lines=6&part=1")
    assert "No, raise ZeroDivisionError instead." in html
    assert f"/conversation/{AGENT}/{ID}?turn=5#turn-5" in html
    assert "<html" not in html and "<html" in project.server.page("/why/~/calc.py?lines=6")
    assert "Unattributed" in project.server.page("/why/~/calc.py?lines=1&part=1")


def test_reasons_follow_the_file_as_it_is_edited(repo: GitRepo) -> None:
    told = Told(repo)
    with served(repo.path) as server:
        assert "No, raise ZeroDivisionError instead." in server.page("/why/~/calc.py?lines=6&part=1")
        repo.write("calc.py", "# a new first line\n" + CALC_3)
        assert "No, raise ZeroDivisionError instead." in server.page("/why/~/calc.py?lines=7&part=1")
        assert "Not committed yet" in server.page("/why/~/calc.py?lines=1&part=1")
        repo.git("checkout", "-q", told.second, "-f")
        assert "has no line 7" in server.page("/why/~/calc.py?lines=7&part=1", 404)
        assert "Add a divide function." in server.page("/why/~/calc.py?lines=6&part=1")


def test_before_this_change_leads_to_what_was_replaced(repo: GitRepo) -> None:
    told = Told(repo)
    new = CALC_3.replace("return a / b", "return float(a) / b")
    fourth = repo.commit("Divide as floats", {"calc.py": new}, at=1_763_700_000)
    turns = (*told.conversation.turns, Turn(id="t6", index=6, prompt="Divide as floats", time=1_763_699_000.0))
    from msgspec.structs import replace

    told_story = Story(
        commit=fourth,
        links=(link(TurnLink("t6", 6, "lines", 1), lines=1),),
        files=(FileStory("calc.py", 1, 1, (ranged(new, 8, 8, "t6"),)),),
    )
    store(repo.path, [told_story], [replace(told.conversation, turns=turns)])
    with served(repo.path) as server:
        assert 'class="before"' not in server.page("/why/~/calc.py?lines=8&part=1"), "the reason comes first"
        html = server.page("/why/~/calc.py?lines=8&part=before")
        [before] = re.findall(r'class="before" href="([^"]+)"', html)
        assert before == f"/file/{told.second}/calc.py#L6"
        assert "Add a divide function" in html.partition("Before this change")[2]
        assert server.read(f"/file.json/{told.second}/calc.py")[5]["turn"] == "t2"
        whole = server.page("/why/~/calc.py?lines=8")
        assert f'class="before" href="{before}"' in whole and "Divide as floats" in whole


def test_uncommitted_lines(repo: GitRepo, home: Path) -> None:
    from tests.claude_session import ClaudeSession

    repo.commit("base", {"a.py": "x = 1\n"})
    story(repo.path, "enable", "--no-hooks")
    import time

    session = ClaudeSession(home, repo.path, int(time.time()) - 60)
    session.prompt("Add a second line")
    session.edit("a.py", "x = 1\n", "x = 1\nthe_second_line = marked_by('the agent')\n")
    with served(repo.path) as server:
        html = server.page("/file/~/a.py")
        assert turns_of_lines(html) == [None, 1]
        assert "Add a second line" in server.page("/why/~/a.py?lines=2&part=1")


def test_a_commit_shows_its_turns_beside_its_lines(project: Project) -> None:
    html = project.server.page(f"/commit/{project.told.third}")
    cards = dict(re.findall(r'<li class="card[^"]*" data-o="(\d+)".*?turn=(\d+)#', html, re.DOTALL))
    rows = re.findall(r'<tr class="add ([^"]*)"(?: data-o="(\d+)")?', html)
    assert [cards[owner] if owner else None for _, owner in rows] == ["5", "5", None, None]
    assert [classes for classes, owner in rows if not owner] == ["u", "u"], "unattributed lines are marked"
    assert "2 of 4 added lines attributed" in html


def test_removed_lines_have_the_turn_that_removed_them(repo: GitRepo) -> None:
    told = Told(repo)
    fewer = CALC_3.replace("    if b == 0:\n        raise ZeroDivisionError(a)\n", "")
    fourth = repo.commit("Drop the guard", {"calc.py": fewer})
    told_story = Story(
        commit=fourth,
        links=(link(TurnLink("t5", 5, "lines", 2), lines=2),),
        files=(FileStory("calc.py", 0, 2, (), (ranged(CALC_3, 6, 7, "t5"),)),),
    )
    store(repo.path, [told_story], [told.conversation])
    with served(repo.path) as server:
        rows = re.findall(r'<tr class="del t0 a0" data-o="1" title="([^"]*)"', server.page(f"/commit/{fourth}"))
        assert len(rows) == 2 and all(row.startswith("removed by Claude Code 0c9f3a52#5: ") for row in rows)


def test_a_conversation_reads_like_a_document(project: Project) -> None:
    html = project.server.page(f"/conversation/{AGENT}/{ID}")
    assert re.findall(r'<article class="turn" id="turn-(\d)"', html) == ["1", "2", "3", "4", "5"]
    assert f"/commit/{project.told.second}" in html and f"/commit/{project.told.third}" in html
    assert html.index("Adding <code>divide</code> below") < html.index("Done. <code>divide</code> is in calc.py")
    assert project.server.page("/conversation/~/0c9f3a52") == html, "the beginning of an id is enough"


def test_a_long_conversation_comes_in_parts(repo: GitRepo) -> None:
    Told(repo)
    turns = tuple(Turn(id=f"n{n}", index=n, prompt=f"Step {n}", steps=(Say(f"Done {n}"),)) for n in range(1, 5001))
    store(repo.path, [], [Conversation(agent=AGENT, id="long-one", turns=turns)])
    with served(repo.path) as server:
        html = server.page(f"/conversation/{AGENT}/long-one?turn=2345")
        shown = [int(n) for n in re.findall(r'<article class="turn" id="turn-(\d+)"', html)]
        assert shown == list(range(2301, 2401))
        assert f"/conversation/{AGENT}/long-one?turn=2201#turn-2201" in html
        assert f"/conversation/{AGENT}/long-one?turn=2401#turn-2401" in html
        assert len(html) < 400_000


def test_the_timeline_and_its_filters(project: Project) -> None:
    def subjects(query: str) -> list[str]:
        return re.findall(r'<a class="subject" href="/commit/[^"]*">([^<]*)', project.server.page(f"/commits?{query}"))

    everything = ["Guard the division", "Add division", "Add a calculator"]
    assert subjects("") == everything
    assert subjects("stories=1") == subjects(f"agent={AGENT}") == everything[:2]
    assert subjects("agent=codex") == []
    assert subjects("grep=CALCULATOR") == everything[2:]
    assert subjects("path=util.py") == everything[:1]
    assert subjects("author=nobody") == []
    assert subjects("range=HEAD~2..HEAD~1") == everything[1:2]
    assert "unknown revision" in project.server.page("/commits?range=nothing", 404)
    project.server.page("/commits?since=no+such+date", 400)


def test_pages_of_a_long_timeline_join(repo: GitRepo) -> None:
    stream = "".join(
        f"commit refs/heads/main\nmark :{n}\ncommitter A <a@example.com> {1_700_000_000 + n} +0000\ndata 5\nc{n:04d}\n"
        + (f"from :{n - 1}\n" if n > 1 else "")
        for n in range(1, 421)
    )
    repo.git("fast-import", "--quiet", input=stream.encode())
    with served(repo.path) as server:
        seen: list[str] = []
        at: str | None = "/commits"
        while at:
            html = server.page(at)
            seen += re.findall(r'<a class="subject" href="/commit/[^"]*">(c\d{4})', html)
            older = re.search(r'<a rel="next" href="([^"]+)"', html)
            at = older[1].replace("&amp;", "&") if older else None
            assert html.count("<") < 2_000 * 2
        assert seen == [f"c{n:04d}" for n in range(420, 0, -1)]


def test_search_and_facets(project: Project) -> None:
    assert project.server.read("/search.json?q=divide"), "which waits for the index; pages do not"
    html = project.server.page("/search?q=divide")
    assert "<mark>divide</mark>" in html and f"/conversation/{AGENT}/{ID}?turn=2#turn-2" in html
    assert "kind=correction" in project.server.page(f"/search?agent={AGENT}"), "what it can be narrowed to"
    part = project.server.page("/search?q=divi&part=1")
    assert "<mark>divide</mark>" in part and "<html" not in part
    assert "nothing found" in project.server.page("/search?q=unheard+of")
    assert "&lt;b&gt;" in project.server.page("/search?q=%3Cb%3E")


def test_a_hit_of_a_short_prompt_is_named_by_what_it_answers(repo: GitRepo) -> None:
    asked = Turn(id="a", index=1, prompt="Why are invoices wrong abroad?", steps=(Say("Shall I pass the fee on?"),))
    yes = Turn(id="b", index=2, prompt="yes", steps=(Say("It is a surcharge <b>."),))
    repo.commit("base", at=1_780_000_000)
    store(repo.path, [], [Conversation(agent=AGENT, id=ID, turns=(asked, yes))])
    with served(repo.path) as server:
        assert [hit["label"] for hit in server.read("/search.json?q=surcharge")] == ['yes → "Shall I pass the fee on?"']
        html = server.page("/search?q=surcharge")
    assert re.search(r'class="subject"[^>]*>yes → (?:"|&#34;|&quot;)Shall I pass the fee on\?', html)


def test_folders_and_odd_names(repo: GitRepo) -> None:
    names = ["plain.txt", "a b/c#d?.txt", "ümlaut/ß.txt", "100%.txt", "x.json", "deep/er/file.txt", "~/~", "a&b<i>.txt"]
    for name in names:
        repo.write(name, f"in {name}\n")
    odd = os.fsencode(str(repo.path)) + b"/no-utf8-\xff.txt"
    with open(odd, "wb") as file:  # noqa: PTH123 - a name of bytes
        file.write(b"odd\n")
    repo.commit("names")
    repo.git("branch", "topic/one")
    with served(repo.path) as server:
        seen: set[str] = set()
        waiting = ["/", "/file/topic%2Fone/"]
        while waiting:
            at = waiting.pop()
            html = server.page(at)
            for found in re.findall(r'<li class="(?:dir|doc)"><a href="([^"]+)"', html):
                found = found.replace("&amp;", "&")
                if '<ul class="files">' in server.page(found):
                    waiting.append(found)
                else:
                    seen.add(found)
        assert len(seen) == 2 * (len(names) + 1)
        assert server.read("/file.json/topic%2Fone/x.json")[0]["text"] == "in x.json"
        assert server.read("/file.json/~/no-utf8-%FF.txt")[0]["text"] == "odd"
        for path in (
            "/file/~/../../etc/passwd",
            "/file/~/%2e%2e/%2e%2e/etc/passwd",
            "/file/~/.git/config",
            "/file/-x/a",
        ):
            assert server.ask(path).status in (404, 400)


def test_what_is_not_there(project: Project) -> None:
    for path in ("/file/~/none.py", "/commit/none", "/conversation/~/ffffffff", "/nothing", "/file/none/calc.py"):
        assert "<main" in project.server.page(path, 404)
    answer = project.server.ask("/commit.json/none")
    assert answer.status == 404 and answer.json["error"] == "unknown revision: none"


ESCAPE = "\x1b[31m\u202egnp\u2066\x08"
HARM = f"</script><script>alert(1)</script><img src=x onerror=alert(1)>\"' onmouseover=alert(1) {ESCAPE}"
NO_NAME = ("/search", "/explain", "/usage", "/stores", "/stats", "/control", "/log", "/rules")
"""Pages that show nothing of the kind by themselves."""
BIDI = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class Elements(HTMLParser):
    """The elements and attributes of a page that could do anything."""

    def __init__(self) -> None:
        super().__init__()
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if tag in ("img", "iframe", "object", "embed", "style", "base", "svg", "math"):
            self.active.append(tag)
        if tag == "script" and not names.get("src", "").startswith("/static/"):
            self.active.append("script")
        self.active += [name for name in names if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action"):
            leads = tag == "a" and names.get("rel") == "noopener noreferrer nofollow" and name == "href"
            if not re.match(r"/|#|https?://|\Z" if leads else r"/(?!/)|#|\Z", names.get(name, "")):
                self.active.append(names[name])


def test_a_hostile_repository_stays_in_its_boxes(repo: GitRepo) -> None:
    line = "x" * 1_000_000
    content = f"{HARM}\n{line}\nlast\n"
    name = "<img src=x onerror=alert(1)>.py"
    commit = repo.commit(f"{HARM}\n\n{HARM}", {name: content, "README.md": HARM})
    owner = 'x" onmouseover="alert(1)'
    turn = Turn(
        id=HARM,
        index=1,
        prompt=HARM,
        steps=(Say(f"{HARM} [a](javascript:alert(1)) ![i](https://evil.example/x)"), Think(HARM), Mark("said", HARM)),
    )
    ranges = (Range(1, 1, owner, HARM, HARM, ranged(content, 1, 1, "t").hash),)
    from gitstory.model import Link

    hostile = Story(
        commit=commit,
        links=(Link(owner, HARM, "lines", 1, (TurnLink(HARM, 1, "lines", 1),)),),
        files=(FileStory(name, 3, 0, ranges),),
    )
    store(repo.path, [hostile], [Conversation(agent=owner, id=HARM, title=HARM, turns=(turn,), models=(HARM,))])
    from urllib.parse import quote

    pages = [
        "/",
        "/commits",
        "/conversations",
        f"/commit/{commit}",
        f"/file/~/{quote(name)}",
        f"/why/~/{quote(name)}?lines=1",
        f"/why/~/{quote(name)}?lines=2",
        f"/conversation/{quote(owner, '')}/{quote(HARM, '')}",
        f"/explain/{commit}",
        "/search?q=alert",
        f"/search?q={quote(HARM)}",
        f"/commits?grep={quote(HARM)}&author={quote(HARM)}",
        f"/changes/{quote(owner, '')}/{quote(HARM, '')}",
        *("/review?range=HEAD", f"/review?range={quote(HARM)}", "/stats", "/usage", "/rules", "/control", "/log"),
        *(f"/tell?as={form}&of=HEAD" for form in ("post", "changelog", "handoff", "standup", quote(HARM))),
        *("/stores", f"/stores?agent={quote(HARM)}", f"/rules?decided={quote(HARM)}"),
    ]
    with served(repo.path) as server:
        for page in pages:
            html = server.ask(page).text
            found = Elements()
            found.feed(html)
            assert found.active == [], page
            assert not BIDI.search(html), page
            assert len(html) < 300_000, page
            assert "&lt;img src=x onerror=" in html or "alert" not in html or page.startswith(NO_NAME), page
        assert "&lt;script&gt;" in server.page(f"/commit/{commit}")
