"""Words that tell an instruction from a remark: verbs that start one, and names that exclude each other."""

from __future__ import annotations

VERBS = frozenset(
    """abandon accept access add address adhere adjust align allow alter amend annotate answer appear append apply
    approve archive ask assert assign assume attach attempt avoid await back backport base batch be begin belong
    block branch break bring build bump bundle bypass cache call capture carry cast catch cause centralize
    change check choose claim clean clear clone close collapse comment commit compare compile complete compose
    compute confirm consider consolidate consult contain continue convert copy correct cost cover crash create
    cut debug declare decode default define delay delete depend deploy deprecate describe design destroy detect
    differ disable discard discuss display do document double-check download draft drop duplicate edit embed
    emit enable encode encrypt end enforce ensure enter escape establish estimate evaluate examine exceed
    execute exist exit expand expect explain explore export expose extend extract fail fetch fill filter find
    finish fix flag fold follow force force-push forget format gate generate get give go group guard guess
    handle hang happen hard-code hardcode have help hide hook identify ignore implement import improve include
    increase increment indent infer inform inherit initialize inject inline insert inspect install instrument
    integrate introduce invent invoke isolate issue iterate join jump keep kill label lay leak leave let limit
    link lint list live load localize lock log look maintain make manage mark match measure mention merge
    migrate minimize mirror mix mock modify monkeypatch move mutate name nest normalize note notify obey offer
    omit open optimize organize output override overwrite parallelize parse pass paste patch perform persist
    pick pin pipe place plan point poll post prefer prefix prepare present preserve pretend print prioritize
    probe proceed produce profile prompt propose protect prove provide publish pull purge push put query quote
    raise re-create re-export re-use read rebase rebuild recommend record recreate redact redeploy redirect
    reduce refactor refer reference refresh regenerate register reject release reload rely remember remind
    remove rename reorder repeat replace reply report reproduce request require research reset reside resolve
    respect respond restart restore restrict retain retry return reuse revert review revise rewrite roll round
    route run sanitize save say scan schedule scope scrape screenshot search see segregate select send separate
    serialize serve set ship shorten show simplify simulate skip sleep sort specify split spread squash stage
    start stash state stay stick stop store stub style submit suggest summarize support suppress swallow switch
    sync tackle tag take talk tell terminate test think throw tidy touch trace track transform translate treat
    trigger trim truncate trust try turn type understand undo uninstall unset update upgrade upload use validate
    verify version view wait walk warn watch weaken work wrap write zip""".split()  # noqa: SIM905
)
"""Base forms that instructions to a coding agent begin with."""

PRODUCT_VERBS = frozenset(
    """appear close display exit hide highlight list load lock open play print redirect render return scroll show sort
    default""".split()  # noqa: SIM905
)
"""What programs do: "always show X" is a wish for a feature, unless it is said again and again."""

TASK_VERBS = frozenset(
    """add change clean convert create delete drop extract fix implement merge migrate move refactor remove rename
    replace restore revert rewrite split switch update upgrade""".split()  # noqa: SIM905
)
"""What is done once: "fix the use of X everywhere" is a task, however many files it takes."""

ALTERNATIVES: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "npm yarn pnpm bun node deno npx bunx",
        "jest vitest mocha jasmine ava playwright cypress",
        "pytest unittest nose nose2",
        "pip pip3 poetry uv pipenv conda pdm",
        "black ruff flake8 pylint isort autopep8",
        "eslint biome prettier tslint oxlint",
        "tab space",
        "single double",
        "camelcase snake_case kebab-case pascalcase",
        "merge rebase squash",
        "sqlite postgres postgresql mysql mariadb mongodb duckdb",
        "american british us uk",
        "rest graphql grpc",
        "sync async",
        "mypy pyright pyre",
        "axios fetch got ky",
        "redux zustand mobx jotai",
        "tailwind bootstrap mui",
        "docker podman",
        "make just task",
        "maven gradle sbt",
        "cargo bazel",
        "requests httpx aiohttp urllib",
        "click argparse typer",
        "moment dayjs luxon date-fns",
        "enum union",
        "interface type",
        "unittest mock stub",
        "json yaml toml",
        "english german french spanish portuguese chinese japanese",
        "class function",
        "composition inheritance",
        "pydantic dataclass attrs msgspec",
        "grep rg ripgrep",
        "main master develop",
        "chatgpt gpt claude gemini",
        "logger print console.log println",
        "var let const",
        "any unknown",
        "vim nano",
    )
)
"""Names of which a project uses one: a newer choice within a group replaces the older one."""

COMMANDS = frozenset(
    """npm npx yarn pnpm bun bunx node deno pip pip3 poetry uv pipenv conda pdm pytest unittest nose jest vitest mocha
    cargo go make just docker podman kubectl terraform git gh black ruff flake8 pylint eslint biome prettier tsc ts-node
    tsx gradle mvn sudo curl wget grep sed awk rm cat python python3 ruby perl php dotnet webpack vite esbuild nodemon
    pm2 brew apt apt-get""".split()  # noqa: SIM905
)
"""Programs that a rule can forbid by name."""


def gerunds(verb: str) -> tuple[str, ...]:
    """Forms in -ing of a verb: `use` gives `using`, `run` gives `running` (and `runing`, which nobody types)."""
    if verb.endswith("ie"):
        return (verb[:-2] + "ying",)
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")) and verb != "be":
        return (verb[:-1] + "ing",)
    return (verb + "ing", verb + verb[-1] + "ing")


BASE_OF = {form: verb for verb in sorted(VERBS) for form in gerunds(verb)}
"""The base form of each form in -ing."""


_IRREGULAR = {
    "written": "write", "run": "run", "made": "make", "kept": "keep", "put": "put", "set": "set", "built": "build",
    "sent": "send", "shown": "show", "done": "do", "taken": "take", "given": "give", "read": "read", "left": "leave",
    "chosen": "choose", "thrown": "throw", "caught": "catch", "split": "split", "hidden": "hide", "bound": "bind",
}  # fmt: skip


def _participles(verb: str) -> tuple[str, ...]:
    if verb.endswith("e"):
        return (verb + "d",)
    if verb.endswith("y") and verb[-2:-1] not in "aeou":
        return (verb[:-1] + "ied",)
    return (verb + "ed", verb + verb[-1] + "ed")


PARTICIPLES = {form: verb for verb in sorted(VERBS) for form in _participles(verb)} | _IRREGULAR
"""The base form of each past participle."""
ACTORS = frozenset(
    """agent agents ai claude cursor copilot codex gemini assistant test tests commit commits code function functions
    file files module modules component components comment comments docs documentation change changes
    migration migrations branch branches pr prs error errors exception exceptions log logs message messages
    name names script scripts class classes method methods type types import imports endpoint endpoints api
    secret secrets credential credentials variable variables constant constants dependency dependencies
    config configuration query queries string strings page pages view views model models service services
    package packages hook hooks command commands everything nothing""".split()  # noqa: SIM905
)
"""What a rule can be about: agents, and things of a repository."""
OWN_VERBS = frozenset("see review approve confirm know understand check decide inspect".split())  # noqa: SIM905
"""What a person wants to do themselves: "let me see the plan first"."""
OPINIONS = frozenset({"think", "know", "see", "understand", "remember", "believe", "mind", "like", "want"})
"""Verbs that say no wish where they are denied: "don't think so"."""
NOT_A_WISH = frozenset(
    {"mind", "ever", "been", "had", "did", "was", "were", "worked", "happened", "got", "saw", "have", "has"}
)
