"""What PowerShell commands write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.effects.shell import shell_edits
from gitstory.effects.shell.powershell import powershell_edits
from gitstory.model import Edit

BODY = "line one\nline 'two' > $three"
HERE = f"@'\n{BODY}\n'@"


@pytest.mark.parametrize(
    "command",
    [
        f"{HERE} | Set-Content a.txt",
        f"{HERE} | Set-Content -Path a.txt -Encoding utf8",
        f"{HERE} | set-content -LiteralPath 'a.txt'",
        f"{HERE} | Out-File -FilePath a.txt -Encoding utf8",
        f'{HERE} | Out-File -Encoding utf8 "a.txt"',
        f"Set-Content -Path a.txt -Value {HERE}",
        f"Set-Content a.txt {HERE}",
        f"$text = {HERE}\nSet-Content -Path a.txt -Value $text -Encoding utf8",
        f"$text = {HERE}\r\n$TEXT | Out-File a.txt",
        f"{HERE} > a.txt",
        f"cd src; git add .\n{HERE} | Set-Content a.txt; git status",
    ],
)
def test_a_here_string_into_a_file(command: str) -> None:
    [edit] = powershell_edits(command, "C:/work")
    assert (edit.path, edit.after, edit.source) == ("C:/work/a.txt", BODY + "\n", "shell")


def test_without_a_last_line_end() -> None:
    [edit] = powershell_edits(f"{HERE} | Set-Content -NoNewline -Path a.txt", "/w")
    assert edit.after == BODY
    [edit] = powershell_edits(f"[System.IO.File]::WriteAllText('a.txt', {HERE})", "/w")
    assert edit.after == BODY


def test_what_is_added_to_a_file() -> None:
    for command in (f"{HERE} | Add-Content a.txt", f"{HERE} >> a.txt", f"{HERE} | Out-File -Append a.txt"):
        [edit] = powershell_edits(command, "/w")
        assert edit.after is None and edit.hunks[0].lines == tuple("+" + line for line in BODY.split("\n"))


@pytest.mark.parametrize(
    "command",
    ['@"\nhello $name\n"@ | Set-Content a.txt', "$unknown | Set-Content a.txt", 'Set-Content a.txt "now: $(Get-Date)"'],
)
def test_a_text_that_is_not_known_names_its_file(command: str) -> None:
    [edit] = powershell_edits(command, "/w")
    assert (edit.path, edit.after, edit.hunks) == ("/w/a.txt", None, ())


@pytest.mark.parametrize(
    "command", [f"{HERE} | Set-Content $path", "Get-Content a.txt", f"{HERE} | Write-Host", "git commit -m 'x > y'", ""]
)
def test_what_writes_no_known_file_is_nothing(command: str) -> None:
    assert powershell_edits(command, "/w") == ()


def test_several_in_order_and_crlf() -> None:
    command = f"{HERE} | Set-Content b.txt\n{HERE} | Set-Content a.txt\n'one' | Set-Content c.txt".replace("\n", "\r\n")
    found = powershell_edits(command, "/w")
    assert [(edit.path, edit.after) for edit in found] == [
        ("/w/b.txt", BODY + "\n"),
        ("/w/a.txt", BODY + "\n"),
        ("/w/c.txt", "one\n"),
    ]


def test_a_shell_of_unknown_kind_with_a_here_string_is_powershell() -> None:
    [edit] = shell_edits(f"{HERE} | Set-Content a.txt", "/w")
    assert edit.after == BODY + "\n"
    [edit] = shell_edits("cat > a.txt <<'EOF'\n@user\n'quoted'\nEOF", "/w")
    assert edit.after == "@user\n'quoted'\n"


@given(st.text(alphabet="@'\"\n|$` ab>;-", max_size=80))
def test_anything_may_stand_there(command: str) -> None:
    powershell_edits(command, "/w")
    shell_edits(command, "/w")


@pytest.mark.parametrize(
    "command",
    [
        "if (Test-Path f) { Set-Content f 'x' }",
        "if ($false) { 'x' > f }",
        "if (Test-Path g) { g } else {\n  Set-Content -Path f -Value 'x'\n}",
        "function w { 'x' | Out-File f }",
        "foreach ($i in 1..3) { Add-Content f 'x' }",
        "try { [IO.File]::WriteAllText('f', 'x') } catch { }",
        "Test-Path f || Set-Content f 'x'",
        "dotnet test && Set-Content f 'x'; ls",
        "exit 0; Set-Content f 'x'",
        "if (Test-Path f) { \"a { b\" ; Set-Content f 'x' }",
    ],
)
def test_what_may_not_have_run_is_known_by_name(command: str) -> None:
    [edit] = [edit for edit in powershell_edits(command, "C:/w") if edit.path.endswith("/f")]
    assert edit == Edit("C:/w/f", source="shell")


@pytest.mark.parametrize(
    "command",
    [
        "Set-Content f 'x'",
        "if (Test-Path g) { rm g }\nSet-Content f 'x'",
        "cd sub; Set-Content f 'x' # { not a block",
        "cd sub && Set-Content f 'x'",
        "Write-Host 'a { b'; Set-Content f 'x'",
        'Write-Host "a { `" b"; Set-Content f \'x\'',
        "dotnet test || echo bad; Set-Content f 'x'",
    ],
)
def test_what_surely_ran_is_told_with_its_text(command: str) -> None:
    assert [edit.after for edit in powershell_edits(command, "C:/w") if edit.path.endswith("/f")] == ["x\n"]
