from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.effects.shell import commits_made, shell_edits
from gitstory.effects.shell.command_parser import simple_commands
from gitstory.model import Edit, Hunk

W = "/w"


def written(command: str, cwd: str | None = W) -> list[tuple[str, str, str | None]]:
    return [(edit.op, edit.path, edit.after) for edit in shell_edits(command, cwd)]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cat > a.py <<'EOF'\nx = '$y'\n\nEOF", [("modify", "/w/a.py", "x = '$y'\n\n")]),
        ("cat <<'EOF' > a.py\nx\nEOF\n", [("modify", "/w/a.py", "x\n")]),
        ("cat > a <<EOF\nplain\nEOF", [("modify", "/w/a", "plain\n")]),
        ("cat > a <<EOF\n$HOME\nEOF", [("modify", "/w/a", None)]),
        ("cat > a <<-EOF\n\t\tx\n\tEOF", [("modify", "/w/a", "x\n")]),
        ('cat > a <<"E"\n`x`\nE\ntouch b', [("modify", "/w/a", "`x`\n"), ("modify", "/w/b", None)]),
        ("cat > a <<'A'; cat > b <<'B'\n1\nA\n2\nB\n", [("modify", "/w/a", "1\n"), ("modify", "/w/b", "2\n")]),
        ("cat > a <<'EOF'\nbreaks off", [("modify", "/w/a", None)]),
        ("tee a.py <<'EOF' > /dev/null\nx\nEOF", [("modify", "/w/a.py", "x\n")]),
        ("cat <<'EOF' | sudo tee a b\nx\nEOF", [("modify", "/w/a", "x\n"), ("modify", "/w/b", "x\n")]),
        ("make | tee log", [("modify", "/w/log", None)]),
        ("echo 'a  b' \"c\" > f", [("modify", "/w/f", "a  b c\n")]),
        ("echo -n x>f", [("modify", "/w/f", "x")]),
        ('echo "$x" > f', [("modify", "/w/f", None)]),
        ("printf 'a\\nb\\n' > f", [("modify", "/w/f", "a\nb\n")]),
        ("printf '%s\\n' one > f", [("modify", "/w/f", "one\n")]),
        ("printf '%d\\n' 1 > f", [("modify", "/w/f", None)]),
        ("sort a > b 2>&1", [("modify", "/w/b", None)]),
        ("ls 2>/dev/null >&2", []),
        ("echo x > /dev/shm/app/a.py", [("modify", "/dev/shm/app/a.py", "x\n")]),
        ("ls 2> err", [("modify", "/w/err", None)]),
        ("sed -i 's/a/b/' a.py b.py", [("modify", "/w/a.py", None), ("modify", "/w/b.py", None)]),
        ("sed -i '' -e 's/a/b/' a.py", [("modify", "/w/a.py", None)]),
        ("sed --in-place=.bak 's/>/</' a.py", [("modify", "/w/a.py", None)]),
        ("sed 's/a/b/' a.py", []),
        ("perl -pi -e 's/a/b/' a.py", [("modify", "/w/a.py", None)]),
        ("cp a.py b.py", [("modify", "/w/b.py", None)]),
        ("cp a.py lib/", [("modify", "/w/lib/a.py", None)]),
        ("rm -rf a 'b c' $d *.py", [("delete", "/w/a", None), ("delete", "/w/b c", None)]),
        ("git rm -q a.py", [("delete", "/w/a.py", None)]),
        ("git rm --cached a.py", []),
        ("cd sub && touch a && cd .. && touch b", [("modify", "/w/sub/a", None), ("modify", "/w/b", None)]),
        ("(cd sub; touch a); touch b", [("modify", "/w/sub/a", None), ("modify", "/w/b", None)]),
        ("cd $X && touch a /b/c; cd /d; touch e", [("modify", "/b/c", None), ("modify", "/d/e", None)]),
        ("bash -lc 'echo x > f'", [("modify", "/w/f", "x\n")]),
        ("if true; then echo x > f; fi", [("modify", "/w/f", "x\n")]),
        ("A=1 env B=2 tee f <<< 'x'", [("modify", "/w/f", "x\n")]),
        ('for f in *.py; do sed -i s/a/b/ "$f"; done', []),
        ("for cp in a b c; do echo $cp; done", []),
        ("python3 - <<'PY'\nopen('f', 'w').write('a > b')\nPY", [("modify", "/w/f", "a > b")]),
        ("test $((1 > 2)) -eq 0 && true", []),
        ("# echo x > f\ntrue", []),
        ("git commit -m 'a > b'", []),
        ('git commit -m "$(cat <<\'EOF\'\n1) say "x" > y\nrm it\nEOF\n)" && touch z', [("modify", "/w/z", None)]),
    ],
)
def test_names_the_files_a_command_wrote(command: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert written(command) == expected


def test_moves_keep_where_they_came_from() -> None:
    moves = shell_edits("mv a.py b.py && git mv -f c.py lib/ && git -C /r mv d.py e.py", W)
    assert [(move.op, move.moved_from, move.path) for move in moves] == [
        ("rename", "/w/a.py", "/w/b.py"),
        ("rename", "/w/c.py", "/w/lib/c.py"),
        ("rename", "/r/d.py", "/r/e.py"),
    ]


def test_appending_is_a_hunk_without_place() -> None:
    (edit,) = shell_edits("cat >> a <<'EOF'\nx\n\ny\nEOF", W, 5.0)
    assert edit == Edit("/w/a", source="shell", hunks=(Hunk(0, 0, ("+x", "+", "+y")),), time=5.0)


def test_applies_patches_handed_to_apply_patch() -> None:
    command = "cd sub && apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: n\n+one\n*** End Patch\nEOF"
    assert [(e.op, e.path, e.after, e.source) for e in shell_edits(command, W)] == [
        ("create", "/w/sub/n", "one\n", "shell")
    ]


def test_git_bash_names_drives_its_own_way() -> None:
    command = "cd /c/work/lib && touch a && git -C /d/x rm b && touch /tmp/c"
    assert [path for _, path, _ in written(command, "C:\\work\\app")] == ["C:/work/lib/a", "D:/x/b", "/tmp/c"]


def test_relative_names_stay_relative_without_a_directory() -> None:
    assert written("touch a", None) == [("modify", "a", None)]


@pytest.mark.parametrize(
    ("command", "output", "ids"),
    [
        ("git commit -m x", "[main abc1234] x\n 1 file changed", ("abc1234",)),
        ("git add . && git commit -qm x", "[fix/a-b (root-commit) abc1234] x", ("abc1234",)),
        ("git -C /r -c a.b=c commit -F -", "noise\n[detached HEAD abc12345] x", ("abc12345",)),
        ("git cherry-pick a b", "[main abc1234] x\n[main def5678] y\n", ("abc1234", "def5678")),
        ("./release.sh", "[main abc1234] x", ("abc1234",)),
        ("git ci", "[main abc1234] x\r\n", ("abc1234",)),
        ("git log", "[main abc1234] x", ()),
        ("cat log && grep x y | head", "[main abc1234] x", ()),
        ("git commit -m x", "abc1234 x\n  [main abc1234] x\n[main nothex1] y\n[x] y", ()),
        ("git commit -m x", "", ()),
    ],
)
def test_names_the_commits_a_command_made(command: str, output: str, ids: tuple[str, ...]) -> None:
    assert commits_made(command, output) == ids


@given(st.text(alphabet="ab $'\"\\`<>|&;(){}\n#-EOF~*=", max_size=60))
def test_no_command_raises(command: str) -> None:
    for edit in shell_edits(command + " > f", W):
        assert edit.path.startswith("/")
    assert commits_made(command, "[main abc1234] x") in ((), ("abc1234",))


@given(st.lists(st.text(min_size=1, max_size=12).filter(lambda word: "\0" not in word), min_size=1, max_size=4))
def test_quoted_words_come_back(words: list[str]) -> None:
    (simple,) = simple_commands(shlex.join(words))
    assert [word.text for word in simple.words] == words
    assert all(word.exact for word in simple.words)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\n\r\0"), max_size=20), max_size=5))
def test_quoted_documents_come_back(lines: list[str]) -> None:
    body = "".join(line + "\n" for line in lines if line != "END-OF-IT")
    (edit,) = shell_edits(f"cat > f <<'END-OF-IT'\n{body}END-OF-IT\n", W)
    assert edit.after == body
