"""What programs given to a shell command wrote: each told text is checked against what the real program writes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gitstory.attribution.conversation_trace import trace, whole_texts
from gitstory.attribution.line_ids import Lines
from gitstory.effects.shell import python, sed, shell_edits
from gitstory.model import Call, Conversation, Edit, Replacement, Turn

BEFORE = "def add(a, b):\n    return a + b  # a + b\n\n\nx = 'a/b'\nv = \"1.2.3\"\n"


def done(command: str, folder: Path) -> tuple[Edit, ...]:
    (folder / "f.py").write_text(BEFORE)
    subprocess.run(["bash", "-c", command], cwd=folder, check=True, capture_output=True)
    return shell_edits(command, str(folder))


PROGRAMS = [
    "open('f.py', 'w').write('x = 1\\n')",
    """with open("f.py", "w", encoding='utf-8') as f:
    f.write('''a
b
''')
    f.write('c\\n')""",
    """from pathlib import Path
Path('f.py').write_text('a\\n' + 'b\\n')""",
    """import pathlib, textwrap
p = pathlib.Path('.') / 'f.py'
p.write_text(textwrap.dedent('''
  a
  b
''').lstrip())""",
    """from pathlib import Path
p = Path('f.py')
s = p.read_text()
assert 'return' in s
s = s.replace('return a', 'return  a')
s = s.replace('x = ', 'y = ', 1)
p.write_text(s)""",
    """s = open('f.py').read()
open('f.py', 'w').write(s.replace("'a/b'", "'c'"))""",
    """path = 'f.py'
with open(path) as f:
    content = f.read()
old = '''def add(a, b):
'''
new = '''def add(a, b, c):
'''
content = content.replace(old, new)
with open(path, 'w') as f:
    f.write(content)
print('done')""",
    """f = open('f.py', 'w')
f.writelines(['a\\n', 'b\\n'])
f.close()""",
    "open('f.py', 'w').write('\\n'.join(['a', 'b']) + '\\n')",
]
EXACT = [
    *(f"python3 - <<'EOF'\n{program}\nEOF" for program in PROGRAMS),
    "python3 -c \"open('f.py','w').write('x')\"",
    "cat > f.py <<'EOF'\na = 1\nEOF\npython3 -c \"p='f.py'; s=open(p).read(); open(p,'w').write(s.replace('1', '2'))\"",
    "sed -i 's/a + b/a - b/' f.py",
    "sed -i 's/a + b/a - b/g' f.py",
    "sed -i.bak -e 's|a/b|c/d|' -e 's/def /async def /' f.py",
    "sed -i -E 's/1\\.2\\.3/1.2.4/; s/x =/y =/' f.py",
    "sed --in-place --expression='s/return/yield/' f.py",
    "perl -pi -e 's/a \\+ b/a - b/' f.py",
    "perl -i -pe 's/return a/return b/g' f.py",
    "cat > f.py <<'EOF'\none\ntwo\nEOF\nsed -i 's/two/three/' f.py",
    "bash <<'EOF'\ncat > f.py <<'IN'\nx\nIN\nEOF",
    "bash -s <<< 'echo y > f.py'",
]


@pytest.mark.parametrize("command", EXACT)
def test_the_text_that_is_told_is_the_text_of_the_file(command: str, tmp_path: Path) -> None:
    if "perl" in command and not shutil.which("perl"):
        pytest.skip("no perl here")
    known: str | None = BEFORE
    for edit in done(command, tmp_path):
        assert edit.path == str(tmp_path / "f.py")
        known = whole_texts(edit, known)[1]
    assert known == (tmp_path / "f.py").read_text()


APPEND = "python3 - <<'EOF'\nwith open('f.py', 'a') as f:\n    f.write('z = 1\\n')\nEOF"
PATCH = """--- a/f.py
+++ b/f.py
@@ -1,3 +1,3 @@
 def add(a, b):
-    return a + b  # a + b
+    return b + a
\x20
"""
CHANGED = (" def add(a, b):", "-    return a + b  # a + b", "+    return b + a", " ")


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        (APPEND, ("+z = 1",)),
        (f"patch -p1 <<'EOF'\n{PATCH}EOF", CHANGED),
        (f"git apply <<'EOF'\n{PATCH}EOF", CHANGED),
        (f"cat <<'EOF' | git apply -\n{PATCH}EOF", CHANGED),
        (f"patch f.py <<'EOF'\n{PATCH}EOF", CHANGED),
    ],
)
def test_what_is_added_or_patched_is_told_without_a_place(command: str, lines: tuple[str, ...], tmp_path: Path) -> None:
    if "patch " in command and not shutil.which("patch"):
        pytest.skip("no patch here")
    [edit] = done(command, tmp_path)
    assert (edit.path, edit.source, [hunk.lines for hunk in edit.hunks]) == (str(tmp_path / "f.py"), "shell", [lines])
    after = (tmp_path / "f.py").read_text()
    assert all(line[1:] + "\n" in after for line in lines if line[0] != "-")


@pytest.mark.parametrize(
    "command",
    [
        "python3 - <<'EOF'\nimport sys\nif len(sys.argv) < 2:\n    open('f.py', 'w').write('x')\nEOF",
        "python3 - <<'EOF'\ndef go():\n    open('f.py', 'w').write('x')\ngo()\nEOF",
        "python3 - <<'EOF'\ntext = 'x'\nfor one in 'ab':\n    text = one\nopen('f.py', 'w').write(text)\nEOF",
        "python3 - <<'EOF'\nimport os\nopen('f.py', 'w').write(os.getcwd())\nEOF",
        "python3 - <<'EOF'\nopen('f.py', 'w').write(f'{1}')\nEOF",
        "python3 - <<'EOF'\nimport re\ns = open('f.py').read()\nopen('f.py', 'w').write(re.sub('a', 'b', s))\nEOF",
        "python3 - <<'EOF'\ntry:\n    open('f.py', 'w').write('x')\nexcept OSError:\n    pass\nEOF",
        "python3 - <<'EOF'\nopen('f.py', 'r+').write('x')\nEOF",
        "python3 - <<'EOF'\nopen('f.py', 'wb').write(b'x')\nEOF",
        "sed -i 's/a.b/x/' f.py",
        "sed -i 's/^a/x/' f.py",
        "sed -i '1s/def/x/' f.py",
        "sed -i '/def/d' f.py",
        "sed -i 's/a/&&/' f.py",
        "sed -i 's/\\(a\\)/\\1b/' f.py",
        "sed -i -n 's/a/b/p' f.py",
        "sed -i 's/A/b/I' f.py",
        "sed -i 's/a/b/2' f.py",
        "sed -i -E 's/a+/b/' f.py",
        "perl -0pi -e 's/a/b/' f.py",
        "perl -pi -e 's/a/$x/' f.py",
        "[ -d . ] && python3 -c \"open('f.py','w').write('x')\"; true",
        f"patch -R -p1 <<'EOF'\n{PATCH}EOF",
    ],
)
def test_what_is_not_exact_is_known_by_name(command: str) -> None:
    [edit] = shell_edits(command, "/w")
    assert edit == Edit("/w/f.py", source="shell")


@pytest.mark.parametrize(
    "command",
    [
        "python3 script.py",
        "python3 - <<'EOF'\nprint(open('f.py').read())\nEOF",
        "python3 - <<'EOF'\nprint 'old'\nEOF",
        "python3 - <<EOF\nopen('f.py', 'w').write('$HOME')\nEOF",
        f"git apply --check <<'EOF'\n{PATCH}EOF",
        "git apply change.patch",
        "sed 's/a/b/' f.py",
    ],
)
def test_what_writes_nothing_that_is_known_tells_nothing(command: str) -> None:
    assert shell_edits(command, "/w") == ()


def test_a_program_that_failed_tells_nothing() -> None:
    assert shell_edits("python3 -c \"open('f','w').write('x')\" && make", "/w", ended="badly") == ()


def test_a_replacement_counts_only_where_the_text_is_known() -> None:
    """The words of the script may not be in the file: without its text no line is the turn's."""
    swap = Edit("/w/f", source="shell", replacements=(Replacement("a", "b", True),), time=2.0)
    alone, known = (
        trace(Conversation("x", "1", (Turn("t", 1, "", 1.0, steps=(Call("Bash", edits=edits, time=2.0),)),)), Lines())
        for edits in ((swap,), (Edit("/w/f", "create", after="a\n", time=1.5), swap))
    )
    assert [(edit.after, edit.patch) for edit in alone.edits] == [(None, ())]
    assert [edit.after for edit in known.edits] == [tuple(Lines().of("a\n")), tuple(Lines().of("b\n"))]


def test_scripts_are_read_as_the_programs_read_them() -> None:
    assert sed.replacements([r"s/a\/b/c\/d/"]) == (Replacement("a/b", "c/d", False, True),)
    assert sed.replacements(["s,a,b,g;s,c,d,"]) == (
        Replacement("a", "b", True),
        Replacement("c", "d", False, True),
    )
    assert sed.replacements(["s/a/b/;d"]) == sed.replacements(["s/a/b"]) == ()
    assert sed.replacements(["s/(a)/b/"]) == (Replacement("(a)", "b", False, True),)
    assert sed.replacements(["s/(a)/b/"], "extended") == ()


@pytest.mark.parametrize("piece", ["(" * 10_000, "x = " * 10_000, "a\0b", "[" * 300 + "]" * 300, "if x:\n" * 200])
def test_no_program_raises(piece: str) -> None:
    assert python.written(piece) == []
