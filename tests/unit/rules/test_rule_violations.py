"""What a rule finds in added lines: seeded violations, and lines that only look like one."""

from __future__ import annotations

import pytest

from gitstory.rules.rule_file_block import WrittenRule
from gitstory.rules.rule_violations import checks_of, violations

VIOLATIONS = (
    ("Use bun, not node.", "package.json", '  "start": "node server.js",'),
    ("Use bun instead of npm.", "Dockerfile", "RUN npm install"),
    ("Always use pnpm.", ".github/workflows/ci.yml", "      - run: npm ci"),
    ("Always use pnpm.", "README.md", "$ yarn add left-pad"),
    ("Never use `any`.", "src/a.ts", "const x: any = 1"),
    ("Do not use console.log in the code.", "src/a.ts", "  console.log(x)"),
    ("Never call eval().", "src/a.js", "return eval(text)"),
    ("No `TODO` comments.", "src/a.py", "# TODO later"),
    ("Do not use `print` for logging.", "a.py", "    print('x')"),
    ("Never import lodash.", "a.ts", "import _ from 'lodash'"),
    ("Use `logger` instead of `print`.", "a.py", "print(1)"),
    ("Use `pathlib` rather than `os.path`.", "a.py", "x = os.path.join(a, b)"),
    ("Never run sudo in scripts.", "install.sh", "sudo apt-get install x"),
    ("Do not use getServerSideProps.", "pages/a.tsx", "export async function getServerSideProps() {"),
    ("Prefer `unknown` over `any`.", "a.ts", "let y: any"),
    ("Never use `git push --force`.", "x.sh", "git push --force origin main"),
    ("Do not use default exports.", "a.ts", "export default function x() {"),
    ("Use pytest, not unittest.", "t.py", "import unittest"),
    ("Use vitest, not jest.", "a.ts", "import { expect } from 'jest'"),
    ("Never use rm -rf.", "x.sh", "rm -rf build"),
    ("Do not import from `src/legacy`.", "a.ts", "import x from 'src/legacy/a'"),
    ("Do not use npm or yarn.", "x.sh", "yarn add x"),
    ("Never write TODO comments.", "a.py", "# TODO: x"),
    ("Use uv instead of pip.", ".github/workflows/x.yml", "        run: pip install foo"),
)
FILES = (
    ("Do not touch backend/tests/.", "backend/tests/test_a.py"),
    ("Never commit .env.", ".env"),
    ("Never edit package-lock.json by hand.", "web/package-lock.json"),
    ("Do not change migrations/.", "db/migrations/001.sql"),
)
CLEAN = (
    ("Use bun, not node.", "src/tree.ts", "for (const node of nodes) visit(node)"),
    ("Use bun, not node.", "docs/a.md", "Each node in the tree has a parent."),
    ("Use bun, not node.", ".gitignore", "node_modules/"),
    ("Always use pnpm.", "docs/a.md", "Published to the npm registry."),
    ("Never use `any`.", "src/a.ts", "// many companies"),
    ("Never use `any`.", "README.md", "This holds for any file."),
    ("Never install anything unless I ask you to.", "x.sh", "npm install"),
    ("Do not use console.log in the code.", "CHANGELOG.md", "- removed console.log"),
    ("Never call eval().", "src/a.py", "model.evaluate(x)"),
    ("Do not touch backend/tests/.", "backend/src/tests.py", "x = 1"),
    ("Always run the tests before a commit.", "a.sh", "make test"),
    ("Avoid using mocks as much as possible.", "test_a.py", "mock = Mock()"),
    ("Use `logger` instead of `print`.", "AGENTS.md", "- Use `logger` instead of `print`."),
    ("Never use rm -rf.", "x.sh", "rm -r build"),
    ("Use bun, not node.", "tree.py", "from node import Node"),
    ("Use bun, not node.", "a.ts", "import fs from 'node:fs'"),
    ("Use pytest, not unittest.", "docs/a.md", "The unittest module is old."),
    ("Use docker, not podman.", "a.go", "// docker or podman both work"),
    ("Use make, not just.", "docs/a.md", "You can just run it"),
    ("Use single quotes, not double quotes.", "a.py", 'x = "a"'),
    ("Prefer composition over inheritance.", "a.py", "inheritance = 1"),
    ("Do not add new dependencies.", "package.json", '"x": "1"'),
    ("Do not change the public API.", "api.py", "x = 1"),
    ("Never commit secrets.json.", "secrets.json.example", "x"),
)


def found(rule: str, path: str, line: str, scope: str = "") -> list[tuple[str, int]]:
    checks = list(checks_of([WrittenRule(rule, "4de91640#3", scope)]))
    return [(one.path, one.line) for one in violations(checks, {path: {7: line}}, [path])]


@pytest.mark.parametrize(("rule", "path", "line"), VIOLATIONS)
def test_a_forbidden_line(rule: str, path: str, line: str) -> None:
    assert found(rule, path, line) == [(path, 7)]


@pytest.mark.parametrize(("rule", "path"), FILES)
def test_a_forbidden_file(rule: str, path: str) -> None:
    assert found(rule, path, "x") == [(path, 0)]


@pytest.mark.parametrize(("rule", "path", "line"), CLEAN)
def test_a_line_that_is_allowed(rule: str, path: str, line: str) -> None:
    assert found(rule, path, line) == []


def test_a_rule_of_a_folder_is_checked_there_only() -> None:
    assert found("Never use `any`.", "web/a.ts", "x: any", scope="web") == [("web/a.ts", 7)]
    assert found("Never use `any`.", "api/a.ts", "x: any", scope="web") == []
