"""Whether a sentence tells the agent how to work beyond the task at hand, and the rule it states. Pure; English only.

The sentence is taken apart word by word: what only introduces it is dropped ("ok, please make sure that"), then its
beginning decides the form. A sentence that does not begin as an instruction, that points at something which only the
conversation knows ("this file") or that is about this moment ("for now") gives nothing.
"""

from __future__ import annotations

import re

from msgspec import Struct

from gitstory.rules.content_words import content_terms, stem
from gitstory.rules.imperative import Clause, clauses, worded
from gitstory.rules.instruction_verbs import ALTERNATIVES, BASE_OF, COMMANDS, OWN_VERBS, PRODUCT_VERBS, TASK_VERBS
from gitstory.rules.requested_upkeep import chore
from gitstory.rules.values import Form


class Instruction(Struct, frozen=True):
    """What a sentence asks for, as in `Directive`. `standing`: its words ask for more than the task at hand.
    `weak`: they point at something that only the conversation knows, which counts where many conversations say so."""

    rule: str
    form: Form
    terms: frozenset[str]
    positive: bool
    wanted: str = ""
    unwanted: str = ""
    standing: bool = False
    weak: bool = False


_MOMENT = re.compile(
    r"\b(?:yet|for now|right now|at the moment|at this point|this (?:time|session|step|turn|round|sprint|week|morning"
    r"|conversation|thread|task|feature)|today|tonight|tomorrow|currently|temporarily|just now|one more time|again"
    r"|until (?:i|we|you)|before (?:we|you) (?:continue|proceed|move|start|begin|go)|for the moment|now[.!]?$"
    r"|not (?:just|only) (?:on|in|for|when|at|with)|in this (?:case|pr|"
    r"commit|branch|test|file|function|step|one))\b",
    re.IGNORECASE,
)
"""About this moment or this task only."""
_POINTING = re.compile(
    r"\b(?:this|these|those|such(?! as\b))\b(?! (?:code ?base|repo(?:sitory)?|project|package|application|app)\b)"
    r"|\b(?:the )?(?:above|below|attached|following|former|latter|previous|first|second|third|last) (?:one|two|thing|"
    r"point|option|change|error|message|step|file|list|item|section|output|approach|comment|commit)\b"
    r"|\b(?:option|step|phase|item|point|task|issue|pr|number|line) ?#?\d"
    r"|^(?:\w+ )?(?:it|that|them|him|her|those|one|ones)[.!]?$|\b(?:here|there)[.!]?$|^(?:that|it|they)\b"
    r"|\bsure (?:that )?(?:it|they|this|that)\b|\b(?:you|we|i) just\b",
    re.IGNORECASE,
)
"""Points at something that only the conversation knows."""
_FOR_NOW_FIRST = re.compile(
    r"\W{0,3}(?:\w{1,9},? ){0,2}(?:for now|for the moment|right now|at the moment|currently|temporarily|this time"
    r"|today)\b",
    re.IGNORECASE,
)
"""The beginning of a sentence that is about this moment, all of it."""
_USER_ACTS = re.compile(
    r"\w+(?: time)? (?:i|we|you|(?:the |an? )?users?|someone|somebody|people) "
    r"(?:clicks?|press(?:es)?|taps?|hovers?|scrolls?|selects?|submits?|swipes?|drags?|logs? in|signs? in|visits?)\b",
    re.IGNORECASE,
)
"""A condition in which somebody uses the program: what follows is what the program does."""
_ELSE = re.compile(r"\b(?:anywhere|anything|anyone|somewhere|something) else\b", re.IGNORECASE)
"""Names nothing without the sentence before it: "do not use such values anywhere else"."""
_NO_RULES = (("make", "sure"), ("go", "ahead"), ("take", "place"), ("be", "able"))
_UNFINISHED = re.compile(r"\b(?:use|the|an?|of|with|and|or|but|for|in|by|from|using|run|that|at|see)\.$", re.IGNORECASE)
"""Ends where something was left out, as before a pasted block."""
_ANY_PLACE = re.compile(
    r"\b(?:everywhere|wherever|anywhere|whatsoever|at all times|no matter (?:what|how|where)|under no "
    r"circumstances?|across the (?:whole |entire )?(?:code ?base|repo(?:sitory)?|project|board)"
    r"|(?:in|throughout) (?:this|the|our) (?:whole |entire )?"
    r"(?:code ?base|repo(?:sitory)?|project)|(?:every|each) (?:time|commit|change|file|function|test|module|pr"
    r"|pull request"
    r"|feature|component|endpoint|method|class|new \w+)|whenever|as (?:much|often|far|little|few|many) as possible"
    r"|without (?:asking|my|first asking|explicit|being asked)|unless (?:i|asked|told|explicitly|absolutely"
    r"|you(?:'re| are)"
    r"|necessary|we)|only (?:if|when) (?:i|asked|told|explicitly)|all (?:code|tests|files|functions|commits|changes"
    r"|new code|new files)|any (?:new code|time)|from now on|going forward|in (?:the )?future)\b",
    re.IGNORECASE,
)
"""Says in which cases: more than one."""
_SIDES = re.compile(
    r"(?P<wanted>[`'\"]?[\w@./+-]{1,40}[`'\"]?(?: [\w@./+-]{1,40}){0,2}?),? (?:and )?(?:not|instead of|rather than|over"
    r"|never|in place of)(?: using| use"
    r"| to use)? (?P<unwanted>[`'\"]?[\w@./+-]{1,40}[`'\"]?(?: [\w@./+-]{1,40}){0,2})$",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\s(?:in|for|from|with|when|whenever|if|on|at|as|unless|inside|within|by|to|and|or)\s", re.IGNORECASE
)
_USES = frozenset("use prefer run call write import install choose pick stick go".split())  # noqa: SIM905
_DONE_ONCE = frozenset({"run", "call", "write", "install"})
"""Of those, what asks for an act where nothing is put in its place: "run pytest" wants to know how the tests are."""
_FEWEST_TERMS = 2
_FEWEST_WORDS_OF_WEAK = 8
_SAY_NOTHING = frozenset(
    stem(word)
    for word in """issue error problem bug change fix work thing step part check need everything comment result output
    proceed continue start stop finish list item point question answer mistake job""".split()  # noqa: SIM905
)
"""Words of which two alone do not say what a rule is about."""
_OF_WORK = frozenset({"pr", "prs", "pull", "issue", "issues", "branch", "ticket", "editor", "terminal"})
"""What the agent opens, not the program."""
_CHOICES = frozenset(stem(name) for group in ALTERNATIVES for name in group) | frozenset(map(stem, COMMANDS))


def instruction(sentence: str) -> Instruction | None:
    """The instruction in a sentence that asks for most, or None where there is none that could be a rule."""
    return max(instructions(sentence), key=lambda each: (each.standing, len(each.terms)), default=None)


def instructions(sentence: str) -> list[Instruction]:
    """All instructions in a sentence that could be rules, in order."""
    passing = _FOR_NOW_FIRST.match(sentence) is not None
    results = (_read_or_chore(clause, passing) for clause in clauses(sentence))
    return [result for result in results if result is not None]


def _read_or_chore(clause: Clause, passing: bool) -> Instruction | None:
    """What a clause asks for; where that is about the task at hand alone, the upkeep that it asks for."""
    result = _read(clause, passing)
    upkeep = chore(clause) if result is None or result.weak else None
    return result if upkeep is None else Instruction(upkeep, "chore", content_terms(upkeep), True)


def _read(clause: Clause, passing: bool) -> Instruction | None:
    rule = worded(clause)
    if rule is None or not _is_whole(clause, rule) or _USER_ACTS.match(clause.condition) is not None:
        return None
    weak = passing or _POINTING.search(clause.text) is not None or _MOMENT.search(clause.text) is not None
    if weak and len(rule.split()) < _FEWEST_WORDS_OF_WEAK:
        return None
    terms = content_terms(rule)
    wanted, unwanted = _sides(clause)
    if not _says_enough(terms, wanted, unwanted, "`" in rule):
        return None
    placed = clause.universal or _ANY_PLACE.search(clause.text) is not None
    form: Form | None = "ensure" if weak else _form(clause, placed, bool(unwanted), stem(wanted) in _CHOICES)
    if form is None:
        return None
    standing = (
        not weak
        and form not in ("ensure", "forbid", "end", "allow")
        and (clause.universal or form in ("always", "never"))
    )
    return Instruction(rule, form, terms, not clause.negative, wanted, unwanted, standing, weak)


def _is_whole(clause: Clause, rule: str) -> bool:
    """Whether a clause is an instruction with a beginning and an end, and no heading or remark."""
    if (
        clause.words[:2] in _NO_RULES
        or (clause.words[:2] == ("let", "me") and not OWN_VERBS.intersection(clause.words[2:3]))
        or clause.text.rstrip().endswith(":")
        or any(word.endswith(":") for word in clause.words[1:2])
    ):
        return False
    return _UNFINISHED.search(rule) is None and _ELSE.search(rule) is None and rule.count("(") == rule.count(")")


def _form(clause: Clause, placed: bool, sided: bool, chosen: bool) -> Form | None:
    if clause.takes_back:
        return "end" if clause.negative else "allow"
    if _of_product(clause.words):
        if clause.negative:
            return "forbid"
        return "ensure" if clause.binding or clause.adverb or clause.condition or clause.universal else None
    if clause.adverb == "always":
        return "always"
    if clause.adverb == "never":
        return "never"
    done_once = clause.words[0] in TASK_VERBS and not (clause.negative or clause.universal or clause.condition or sided)
    if (
        placed
        and not done_once
        and (clause.binding or clause.negative or sided or clause.universal or clause.words[0] == "let")
    ):
        return "everywhere"
    if sided or (chosen and (clause.words[0].lower() not in _DONE_ONCE or clause.negative or clause.binding)):
        return "prefer"
    if clause.negative:
        return "forbid"
    return "ensure" if clause.binding or clause.condition else None


def _of_product(words: tuple[str, ...]) -> bool:
    """Whether the program is to do something, or to let its users do it: "let users delete each"."""
    if words[0] == "open" and _OF_WORK.intersection(word.lower().strip(".,") for word in words[1:4]):
        return False
    return (words[0] == "let" and words[1:2] not in ((), ("me",), ("us",))) or words[0].strip(",") in PRODUCT_VERBS


def _says_enough(terms: frozenset[str], wanted: str, unwanted: str, quoted: bool) -> bool:
    """Whether a rule of these words tells what it is about."""
    if wanted and unwanted:
        return True
    if (wanted or unwanted) and (quoted or terms & _CHOICES):
        return True
    return len(terms) >= _FEWEST_TERMS and (len(terms) > _FEWEST_TERMS or bool(terms - _SAY_NOTHING))


def _sides(clause: Clause) -> tuple[str, str]:
    """(wanted, unwanted) of "use X, not Y"; ("", Y) of "do not use Y"; ("X", "") of "always use X"."""
    words = clause.words
    if words[:1] == ("avoid",):
        used = len(words) > 2 and BASE_OF.get(words[1].lower()) in _USES
        words = ("use", *words[2 if used else 1 :])
    if not words or words[0].lower() not in _USES:
        return "", ""
    rest = " ".join(words[1:]).rstrip(".!, ").removeprefix("with ")
    both = _SIDES.match(rest)
    if both is not None and not clause.negative:
        return _side(both["wanted"]), _side(both["unwanted"])
    first = _WHERE.split(rest, maxsplit=1)[0]
    single = _side(first) if len(first.split()) <= 2 else ""
    return ("", single) if clause.negative else (single, "")


def _side(text: str) -> str:
    return text.strip("`'\" .,")


def instruction_of_rule(rule: str) -> Instruction | None:
    """What a rule that is already worded says: one instruction, whatever its form."""
    from gitstory.rules.imperative import whole_clause

    clause = whole_clause(rule)
    if clause is None:
        return None
    wanted, unwanted = _sides(clause)
    return Instruction(rule, "ensure", content_terms(rule), not clause.negative, wanted, unwanted)
