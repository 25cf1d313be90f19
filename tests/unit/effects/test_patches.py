from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.effects import patches
from gitstory.effects.patches import before_failure
from gitstory.model import Edit, Hunk


def applied(before: list[str], hunks: tuple[Hunk, ...]) -> list[str]:
    """`before` after the hunks, which must fit where they say."""
    after: list[str] = []
    at = 0
    for hunk in hunks:
        old = [line[1:] for line in hunk.lines if line[0] in " -"]
        start = hunk.old_start - 1 if old else hunk.old_start
        after += before[at:start]
        assert before[start : start + len(old)] == old
        after += [line[1:] for line in hunk.lines if line[0] in " +"]
        at = start + len(old)
    return after + before[at:]


def test_reads_positions_and_lines_of_a_unified_diff() -> None:
    diff = (
        "--- a/x\n+++ b/x\n@@ -2,3 +2,4 @@ def f():\n one\n-two\n+2\n+2b\n three\n"
        "@@ -9 +10 @@\n-x\n+y\n\\ No newline at end of file\n"
    )
    assert patches.hunks(diff) == (
        Hunk(2, 2, (" one", "-two", "+2", "+2b", " three")),
        Hunk(9, 10, ("-x", "+y")),
    )


def test_a_removed_line_that_reads_like_a_file_header_is_no_header() -> None:
    assert patches.hunks("@@ -1,2 +1,1 @@\n--- a/x\n keep\n") == (Hunk(1, 1, ("--- a/x", " keep")),)


def test_carriage_returns_go_with_the_line_end_and_other_separators_stay() -> None:
    assert patches.hunks("@@ -1 +1 @@\r\n-a\u2028b\r\n+c\x0cd\r\n") == (Hunk(1, 1, ("-a\u2028b", "+c\x0cd")),)


def test_an_empty_line_inside_a_hunk_is_context() -> None:
    assert patches.hunks("@@ -1,3 +1,3 @@\n\n-a\n+b\n c\n") == (Hunk(1, 1, (" ", "-a", "+b", " c")),)


def test_a_hunk_may_hold_more_than_its_header_says() -> None:
    assert patches.hunks("@@ -1 +1 @@\n-a\n+b\n+c\n") == (Hunk(1, 1, ("-a", "+b", "+c")),)


@given(
    st.lists(st.sampled_from(["a", "b", "", "-- a/x", "++ b", "@@ x"])),
    st.lists(st.sampled_from(["a", "b", "", "-- a/x", "++ b"])),
)
def test_hunks_of_any_diff_rebuild_the_new_text(before: list[str], after: list[str]) -> None:
    diff = "\n".join(difflib.unified_diff(before, after, "a/f", "b/f", lineterm=""))
    assert applied(before, patches.hunks(diff)) == after


@given(st.text(alphabet="@-+ \\\n*ae0123,File:Begin Patch", max_size=300))
def test_no_text_makes_the_parsers_raise(text: str) -> None:
    patches.hunks(text)
    patches.edits("*** Begin Patch\n" + text, "/w")
    patches.in_command("apply_patch <<E\n*** Begin Patch\n" + text)


PATCH = """*** Begin Patch
*** Add File: new.py
+one
+
+*** End Patch
*** Delete File: /abs/old.py
*** Update File: lib/a.py
*** Move to: lib/b.py
@@ class A:
@@     def f(self):
     x = 1
-    y = 2
+    y = 3

@@
-z
+w
*** End of File
*** Update File: only/moved.py
*** Move to: only/here.py
*** Update File: untouched.py
*** End Patch
text after it
"""


def test_reads_every_form_of_the_patch_grammar() -> None:
    assert patches.edits(PATCH, "/w", "shell", 5.0) == (
        Edit("/w/new.py", "create", "shell", after="one\n\n*** End Patch\n", time=5.0),
        Edit("/abs/old.py", "delete", "shell", time=5.0),
        Edit(
            "/w/lib/b.py",
            "rename",
            "shell",
            hunks=(Hunk(0, 0, ("     x = 1", "-    y = 2", "+    y = 3", " ")), Hunk(0, 0, ("-z", "+w"))),
            moved_from="/w/lib/a.py",
            time=5.0,
        ),
        Edit("/w/only/here.py", "rename", "shell", moved_from="/w/only/moved.py", time=5.0),
    )


def test_a_patch_that_breaks_off_yields_what_is_there() -> None:
    assert patches.edits("*** Begin Patch\n*** Add File: a\n+1\n*** Update File: b\n@@\n-x", "/w") == (
        Edit("/w/a", "create", after="1\n"),
        Edit("/w/b", hunks=(Hunk(0, 0, ("-x",)),)),
    )


def test_a_text_without_a_patch_yields_nothing() -> None:
    assert patches.edits("*** Add File: a\n+1\n", "/w") == ()
    assert patches.in_command("cat notes-on-apply_patch.md") is None


def test_finds_the_patch_and_the_directory_of_a_command() -> None:
    body = "*** Begin Patch\n*** Add File: a\n+*** End Patch\n*** End Patch"
    for command, directory in (
        (f"apply_patch <<'EOF'\n{body}\nEOF", None),
        (f'cd "sub dir" && apply_patch <<EOF\n{body}\nEOF\ngit status', "sub dir"),
        (f"apply_patch '{body}'", None),
        (f"true; /usr/bin/applypatch <<-'E'\n{body}\nE", None),
    ):
        assert patches.in_command(command) == (body, directory)


def test_a_command_is_shown_without_the_body_of_its_patch() -> None:
    command = "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n*** End Patch\nEOF"
    assert patches.without_patch(command) == "apply_patch <<'EOF'\nUpdate File: a\nEOF"
    assert patches.without_patch("ls") == "ls"


def test_paths_become_absolute_where_the_place_is_known() -> None:
    assert patches.absolute("a/../b.py", "/w/") == "/w/b.py"
    assert patches.absolute("/x/./y", "/w") == "/x/y"
    assert patches.absolute("a.py", None) == "a.py"
    assert patches.absolute("", "/w") == "/w"
    assert patches.absolute("file:///w/my%20docs", None) == "/w/my docs"
    assert patches.absolute("file:///C:/w", None) == "C:/w"
    assert patches.absolute("src\\a.py", "C:\\w") == "C:/w/src/a.py"
    assert patches.absolute("/../..", None) == "/"


HALF = """*** Begin Patch
*** Add File: helper.py
+def helper():
*** Update File: src/b.py
@@
-old
+new
*** Update File: c.py
*** Move to: d.py
@@
-one
+two
*** Delete File: e.py
*** End Patch"""


@pytest.mark.parametrize(
    ("error", "made"),
    [
        ("Failed to find expected lines in src/b.py:\nold", ["/w/helper.py"]),
        ("Failed to find expected lines in /w/src/b.py:\nold", ["/w/helper.py"]),
        ("Failed to find expected lines in c.py:\none", ["/w/helper.py", "/w/src/b.py"]),
        ("Failed to write file /w/d.py", ["/w/helper.py", "/w/src/b.py"]),
        ("Failed to delete file e.py", ["/w/helper.py", "/w/src/b.py", "/w/d.py"]),
        ("Failed to write file helper.py", []),
        ("Failed to read my-helper.py and helper.pyc", []),
        ("Failed", []),
        ("", []),
        ("apply_patch verification failed: Failed to find expected lines in src/b.py", []),
    ],
)
def test_a_patch_applied_by_half_changed_what_stands_before_the_file_it_failed_at(error: str, made: list[str]) -> None:
    assert [edit.path for edit in before_failure(HALF, error, "/w")] == made


def test_a_text_that_is_no_patch_was_not_applied_by_half() -> None:
    assert before_failure("rm helper.py", "helper.py", "/w") == ()
