"""`git story ui`: who may ask, and what becomes of the server when something goes wrong."""

from __future__ import annotations

import shutil
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli import story
from tests.gitrepo import GitRepo
from tests.served import LONGEST, Served, begin, end, served
from tests.stories import Told


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all that only ask."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        (home / ".gitconfig").write_text("[user]\n\tname = Dev One\n\temail = dev@example.com\n")
        told = Told(GitRepo.init(tmp_path_factory.mktemp("ui") / "repo"))
        with served(told.repo.path) as running:
            yield running


WRONG_COOKIES = ["none", "empty", "wrong", "other name"]
WRONG_HOSTS = ["evil.example", "127.0.0.1", "evil.example:{port}", "127.0.0.1:1", "0.0.0.0:{port}", "localhost.:{port}"]
WRONG_ORIGINS = [
    "http://evil.example",
    "null",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1:1",
    "http://127.0.0.1:{port}.evil.example",
]
PATHS = ["/", "/commits", "/file/~/calc.py", "/commits.json", "/static/app.js", "/no/such/page"]


def cookie_of(server: Served, kind: str) -> str:
    name, _, value = server.cookie.partition("=")
    return {"none": "", "empty": f"{name}=", "wrong": f"{name}={value[::-1]}", "other name": f"x{name}={value}"}[kind]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", WRONG_COOKIES)
def test_without_the_cookie_nothing_is_answered(server: Served, kind: str, path: str) -> None:
    answer = server.ask(path, cookie=cookie_of(server, kind)) if kind != "none" else server.ask(path, cookie=" ")
    assert answer.status == 403 and b"calc" not in answer.body


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", WRONG_HOSTS)
def test_another_host_is_refused(server: Served, host: str, path: str) -> None:
    assert server.ask(path, host=host.format(port=server.port)).status == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("origin", WRONG_ORIGINS)
def test_another_origin_is_refused(server: Served, origin: str, method: str) -> None:
    headers = {"Origin": origin.format(port=server.port)}
    assert server.ask("/commits", method=method, headers=headers).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_the_browser_says_comes_from_elsewhere_is_refused(server: Served, site: str) -> None:
    assert server.ask("/commits", headers={"Sec-Fetch-Site": site}).status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_what_is_no_question_needs_an_origin(server: Served, method: str) -> None:
    assert server.ask("/commits", method=method).status == 403


@pytest.mark.parametrize("token", ["wrong", "", "x" * 10_000])
def test_a_wrong_token_is_refused(server: Served, token: str) -> None:
    assert server.ask(f"/?token={token}", cookie=" ").status == 403


def test_the_token_works_once_and_the_second_use_is_told(repo: GitRepo) -> None:
    repo.commit("first", {"a.txt": "a\n"})
    process = begin(repo.path)
    assert process.stdout is not None and process.stderr is not None
    with process.stdout, process.stderr:
        server = Served(process, process.stdout.readline().decode().strip()).enter()
        assert server.ask(f"/?token={server.token}").status == 200, "who has the cookie may follow the address again"
        answer = server.ask(f"/?token={server.token}", cookie=" ")
        assert answer.status == 403 and "set-cookie" not in answer.headers
        assert end(process) == 0
        assert b"opened a second time" in process.stderr.read()


def test_a_file_of_ours_may_lead_to_the_address(server: Served) -> None:
    """Browsers call a request that begins in a file cross-site; a wrong token is still refused for being wrong."""
    answer = server.ask("/?token=wrong", headers={"Sec-Fetch-Site": "cross-site"}, cookie=" ")
    assert answer.status == 403 and "requests of other sites" not in answer.text


def test_the_browser_is_started_with_a_file_that_only_we_can_read(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("first", {"a.txt": "a\n"})
    launched = []

    def launch(url: str) -> None:
        path = Path(url_to_path(url))
        launched.append((url, stat.S_IMODE(path.parent.stat().st_mode), path.read_text()))

    def serve(*args: Any, **how: Any) -> None:
        args[2]("http://127.0.0.1:1/?token=secret")

    monkeypatch.setattr("click.launch", launch)
    monkeypatch.setattr("gitstory.ui.serving.serve", serve)
    assert story(repo.path, "ui").code == 0
    [(url, mode, page)] = launched
    assert "secret" not in url and mode == 0o700 and "url=http://127.0.0.1:1/?token=secret" in page
    assert not Path(url_to_path(url)).exists()


def url_to_path(url: str) -> str:
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    return url2pathname(urlsplit(url).path)


def test_connections_that_ask_nothing_keep_nobody_out(server: Served) -> None:
    from gitstory.ui.connections import MOST

    silent = [socket.create_connection(("127.0.0.1", server.port), timeout=LONGEST) for _ in range(MOST + 20)]
    try:
        assert server.ask("/commits").status == 200
        assert silent[0].recv(1) == b"", "the oldest was closed"
    finally:
        for one in silent:
            one.close()


@pytest.mark.parametrize("path", ["/file/~/..%2f..%2fetc/passwd", "/file/~/.%2fa"])
def test_a_path_that_leaves_the_tree_is_no_file(server: Served, path: str) -> None:
    answer = server.ask(path)
    assert answer.status == 404 and "damaged" not in answer.text


def test_the_cookie_is_kept_from_scripts_and_other_sites(server: Served) -> None:
    _, *attributes = server.set_cookie.split("; ")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Strict"]
    assert server.token not in server.set_cookie


@pytest.mark.parametrize("path", [*PATHS, "/?token=wrong", "/commit/HEAD", "/search?q=x", "/file/~/none"])
def test_every_answer_tells_the_browser_what_it_may_do(server: Served, path: str) -> None:
    answer = server.ask(path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    if not path.startswith("/static/"):
        assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers and "access-control-allow-origin" not in answer.headers


def test_only_the_loopback_interface_listens(server: Served) -> None:
    for name in {socket.gethostbyname(socket.gethostname()), "127.0.0.2"} - {"127.0.0.1"}:
        with socket.socket() as other:
            other.settimeout(5)
            assert other.connect_ex((name, server.port)) != 0


def test_a_port_that_is_taken(repo: GitRepo) -> None:
    repo.commit("first", {"a.txt": "a\n"})
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = story(repo.path, "ui", "--no-browser", "--port", str(port))
    assert said.code == 1 and said.err.startswith(f"error: cannot listen on port {port}: ")
    assert said.err.count("\n") == 2 and "--port" in said.err


def test_ctrl_c_ends_it_while_requests_are_open(repo: GitRepo) -> None:
    repo.commit("first", {"a.txt": "a\n"})
    process = begin(repo.path)
    assert process.stdout is not None and process.stderr is not None
    with process.stdout, process.stderr:
        server = Served(process, process.stdout.readline().decode().strip()).enter()
        with socket.create_connection(("127.0.0.1", server.port), timeout=LONGEST) as half:
            half.sendall(b"GET / HTTP/1.1\r\nHost: ")
            assert end(process) == 0
        assert process.stderr.read() == b""
    with socket.socket() as after:
        assert after.connect_ex(("127.0.0.1", server.port)) != 0


def test_without_the_extra_one_line_says_what_to_install(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.setattr("gitstory.ui.command.find_spec", lambda name: None)
    said = story(repo.path, "ui")
    assert said.code == 2 and "starlette" in said.err and 'pip install "gitstory-cli[ui]"' in said.err
    assert said.err.count("\n") == 2


def test_outside_of_a_repository(tmp_path: Path) -> None:
    said = story(tmp_path, "ui", "--no-browser")
    assert said.code == 1 and "not a git repository" in said.err


def test_a_repository_that_goes_away_and_comes_back(repo: GitRepo, tmp_path: Path) -> None:
    Told(repo)
    away = tmp_path / "away"
    with served(repo.path) as server:
        assert "calc.py" in server.page("/")
        repo.path.rename(away)
        for path in ("/", "/file/~/calc.py", "/commit/HEAD", "/search?q=x", "/conversations"):
            assert "the repository is gone" in server.page(path, 503)
        away.rename(repo.path)
        assert "calc.py" in server.page("/")


def test_history_that_is_rewritten_while_it_is_open(repo: GitRepo) -> None:
    told = Told(repo)
    with served(repo.path) as server:
        assert "Guard the division" in server.page("/commits")
        repo.git("reset", "-q", "--hard", told.first)
        assert "Guard the division" not in server.page("/commits")
        assert "divide" not in server.page("/file/~/calc.py")
        repo.git("update-ref", "-d", "refs/heads/main")
        assert "no commits yet" in server.page("/commits", 409)
        assert "no commits yet" in server.page("/", 409)


def test_a_record_that_is_damaged(repo: GitRepo) -> None:
    told = Told(repo)
    blob = repo.git("hash-object", "-w", "--stdin", input=b"{ this is no record").strip()
    listing = f"100644 blob {blob}\t{told.third[2:]}.json\n"
    inner = repo.git("mktree", input=listing.encode()).strip()
    fan = repo.git("mktree", input=f"040000 tree {inner}\t{told.third[:2]}\n".encode()).strip()
    top = repo.git("mktree", input=f"040000 tree {fan}\tcommits\n".encode()).strip()
    commit = repo.git("commit-tree", top, "-m", "damaged").strip()
    with served(repo.path) as server:
        assert 'class="run t0' in server.page("/file/~/calc.py")
        repo.git("update-ref", "refs/story/data", commit)
        assert 'class="run t0' not in server.page("/file/~/calc.py")
        assert "No conversation is recorded" in server.page(f"/commit/{told.third}")


def test_objects_that_are_damaged(repo: GitRepo) -> None:
    told = Told(repo)
    blob = repo.git("rev-parse", f"{told.third}:util.py").strip()
    path = repo.path / ".git/objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    path.write_bytes(b"no object at all")
    with served(repo.path) as server:
        assert "damaged" in server.page(f"/file/{told.third}/util.py", 400)
        assert "calc.py" in server.page("/"), "the others are served"
        shutil.rmtree(repo.path / ".git/gitstory", ignore_errors=True)
        assert "calc.py" in server.page("/")
