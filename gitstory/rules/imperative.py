"""A person's sentence as an imperative one: introductions dropped, "you should be using X" said as "Use X". Pure.

Words are only left out or replaced by the base form of the same verb; nothing is added but "Always", "Never", "Do not"
where the sentence says so in other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from gitstory.rules.instruction_phrases import (
    BINDING,
    FILLERS,
    NEGATIVES,
    OWN_WISHES,
    SHORTENED,
    UNIVERSAL,
    UNWANTED,
    Phrases,
    by_first_word,
)
from gitstory.rules.instruction_verbs import ACTORS, BASE_OF, NOT_A_WISH, OPINIONS, OWN_VERBS, PARTICIPLES, VERBS
from gitstory.rules.reported_clauses import is_reported
from gitstory.rules.rule_requests import requested_rule


class Clause(Struct, frozen=True):
    """A part of a sentence that begins as an instruction.

    `words` begin with the verb in its base form. `adverb` is "always", "never" or ""; `negative`: it forbids;
    `binding`: "make sure", "must" or "should" introduced it; `universal`: "from now on" and the like stand before it.
    `subject` is the third person of "tests should never sleep" ("" where the agent is addressed).
    """

    text: str
    words: tuple[str, ...]
    adverb: str = ""
    negative: bool = False
    binding: bool = False
    universal: bool = False
    subject: str = ""
    takes_back: bool = False
    """It revokes what held: "you can push to main from now on", "don't add comments any more"."""
    condition: str = ""
    """What stands before the instruction: "when you write tests"."""


_EVER = frozenset({"do not ever", "don't ever", "dont ever"})
_NO_THINGS = frozenset(
    """to you it that this the them there us a an me him these those her my your our another anything""".split()  # noqa: SIM905
)
_OBJECT_WISH = re.compile(
    r"^(?:i|we) (?:(?P<negative>don't|do not|never) )?want (?P<object>(?:the |our |all |any |every "
    r"|each )?(?:[\w`@./-]{1,40} ){1,5}?)to (?P<rest>(?:always |never |not )?\w.*)$",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"^(?P<object>(?:all |any |every |each |the |our |new )?(?:(?!(?:that|we|you|i|it|they"
    r"|should|seems?|appears?)\b)[\w`@./-]{1,40} ){1,4}?)(?:(?:is|are|gets?) (?=always|never|not ever)"
    r"|(?:be|should be|must be|should) )(?P<adverb>always|never|not ever|not) (?:be )?"
    r"(?P<verb>\w{2,20})(?P<rest>(?: .*)?)$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^(?P<subject>(?:(?:all|the|our|any|every|each|new|its|your)\s){0,2}(?:[\w`./-]{1,30}\s){1,3}?)"
    r"(?P<modal>should|must|may|can|shall|need to|have to)\s(?P<rest>.+)$",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(
    r"(?:[,;:]|\s[-–—]|[.!?])\s+(?=(?:and |but |so |also |please |then )*(?:never|always|do not|don'?t|make sure"
    r"|making sure"
    r"|be sure|ensure|remember|from now on|going forward|you should|we should|you must|we must|use|prefer|avoid"
    r"|stop|only|no "
    r"|i (?:don'?t|never|always) want|we (?:don'?t|never|always)|you need to|whenever|every time|in (?:the )?future"
    r"|the \w+ should|under no)\b)|\sthat\s(?=(?:we|you|it|claude|agents?)\s(?:should|must|need to"
    r"|have to)\s(?:always|never)\b)|\s(?:and|but)\s(?=(?:please )?(?:never|always|do not|don'?t|make sure"
    r"|be sure)\b)",
    re.IGNORECASE,
)
_TAILS = frozenset("please thanks ok okay right too pls though tho either".split())  # noqa: SIM905
"""Words at the end of a wish that say nothing."""
_NO_OBJECTS = frozenset("you us it that this them to".split())  # noqa: SIM905
"""What a wish about an object does not name."""
_TIMES = frozenset({"now", "here"})
"""They say nothing either where a wish is for good: "always use bun now"."""
_FOR_GOOD = re.compile(r"\b(?:always|never) (?:use|run|prefer)\b", re.IGNORECASE)
_AT_END = re.compile(
    r"[\s,](?:(?P<stops>any ?more|any longer)|from now on|in (?:the )?future|going forward)$", re.IGNORECASE
)
"""At the end of a sentence: what it says is for every time, or no longer holds."""
_PURPOSE = re.compile(r"\b(?:so|in case|because)\b[^,;]*\Z", re.IGNORECASE)
"""The beginning of a purpose or a reason, which "in the future" behind it belongs to, and not to what is asked."""
_LONGEST_PURPOSE = 120
_ALLOWED = re.compile(
    r"^(?:(?:ok|okay|actually|yes|so|and|but|now),?\s){0,2}(?:you|we|agents?|claude) (?:can|may|are allowed to)\s"
    r"(?P<rest>\w.*)$",
    re.IGNORECASE,
)
"""Takes a ban back; only where it is for every time."""
_ENDED = re.compile(
    r"(?:(?<=[a-z`)]{2})|\s)[.!?]\s|,? as (?:is )?(?:specified|described|stated|mentioned|defined)\b"
    r"|(?<=\w),? (?:because|since|i would|i'd|so that|otherwise|especially|particularly|for example|for instance)\s"
    r"|(?<=\w)(?<!\bhow)(?<!\bwhat)(?<!\bwhere)(?<!\bthat)(?<!\bwhen)(?<!\bas)(?<!\bif)(?<!\bwhy),?"
    r" (?:it is|it's|this is)\s"
    r"|\s[-–—]+\s"
)
"""Where the directive ends: at a sentence that begins with a small letter, and at its reason."""


_CONDITION = re.compile(
    r"^(?P<lead>(?:(?:and|also|but|so|ok|okay|please|then|again),?\s){0,3})"
    r"(?P<condition>(?:when|whenever|before|after|if|once|unless|every time|each time|any time|anytime|while"
    r"|as you|for (?:all|any|every|each|new)|in (?:all|any|every"
    r"|each))\s(?:[^\s,.?!]{1,40}\s){0,14}?[^\s,.?!]{1,40}),\s(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)


_GENERAL = ("whenever", "every time", "each time", "any time", "anytime")
_AS_A_RULE = re.compile(r"\b(?:as a|global|general|make it a|add a|into a) rule\b|\bmake a rule\b", re.IGNORECASE)


def clauses(sentence: str) -> Iterator[Clause]:
    """The parts of a sentence that begin as instructions."""
    text = sentence.replace("’", "'").strip().strip("'*_- ")
    text = text.strip('"') if text.count('"') % 2 or text.startswith('"') else text
    request = requested_rule(text)
    if request is not None:
        condition, wanted = request
        clause = _clause(wanted)
        if clause is not None:
            yield replace(clause, condition=condition or clause.condition, universal=True)
        return
    conditional = _CONDITION.match(text)
    if conditional is not None and "?" not in text:
        clause = _clause(conditional["rest"])
        if clause is not None and not clause.condition:
            condition = conditional["condition"]
            general = condition.lower().startswith(_GENERAL) or _AS_A_RULE.search(text) is not None
            yield replace(clause, condition=condition, universal=clause.universal or general)
            return
    starts = [0, *(match.end() for match in _CLAUSE_START.finditer(text))]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end].rstrip(" ,;:-–—")
        if (part.count("?") == 0 or _is_request(part)) and not is_reported(text[:start], part):
            clause = _clause(part)
            if clause is not None:
                yield clause


def _is_request(text: str) -> bool:
    low = text.lower()
    return low.startswith(
        ("why do you keep", "can you", "could you", "would you", "will you", "please", "can we", "ok can you")
    )


def _clause(text: str) -> Clause | None:
    """The clause in a part of a sentence, with what "any more" or "from now on" at its end says of it."""
    text = text.rstrip(" \t\n.!")
    end = _AT_END.search(_ENDED.split(text, maxsplit=1)[0])
    if end is None or _PURPOSE.search(text[: end.start()][-_LONGEST_PURPOSE:]):
        return _plain_clause(text)
    allowed = _ALLOWED.match(text[: end.start()])
    clause = _plain_clause(text[: end.start()] if allowed is None else allowed["rest"])
    if clause is None or (allowed is not None and (clause.negative or clause.binding)):
        return None
    stops = end["stops"] is not None
    return replace(clause, universal=clause.universal or not stops, takes_back=stops or allowed is not None)


def _plain_clause(text: str) -> Clause | None:
    trimmed = _without_tail(_ENDED.split(text, maxsplit=1)[0])
    words = [SHORTENED.get(word.lower(), word) for word in trimmed.split()]
    binding = universal = False
    subject = ""
    wished = _OBJECT_WISH.match(" ".join(words))
    if (
        wished is not None
        and not wished["object"].lower().startswith("to ")
        and (wished["negative"] or wished["rest"].lower().startswith(("always ", "never ")))
    ):
        predicate = _predicate(wished["rest"].split(), True)
        thing = wished["object"].strip().lower()
        if predicate is not None and predicate[0][0] == "be" and thing.split()[-1] not in ACTORS:
            return None  # how the product is to be
        if predicate is not None and thing not in _NO_OBJECTS:
            negative = predicate[2] != bool(wished["negative"])
            adverb = "never" if (wished["negative"] or "").lower() == "never" else predicate[1]
            return Clause(trimmed, tuple(predicate[0]), adverb, negative, True, False, wished["object"].strip())
    while words:
        words = [words[0].rstrip(",:;.!"), *words[1:]] if words[0].rstrip(",:;.!") else words[1:]
        if size := _starts(words, UNIVERSAL):
            universal, words = True, _after(words, size)
        elif (
            (size := _starts(words, UNWANTED))
            and len(words) > size
            and (size > 3 or words[size].lower() not in _NO_THINGS)
        ):
            return Clause(trimmed, ("have", "any", *words[size:]), "", True, True, universal)
        elif size := _starts(words, BINDING):
            binding, words = True, _after(words, size)
        elif (size := _starts(words, FILLERS)) and len(words) > size:
            words = _after(words, size)
        else:
            break
    if not words:
        return None
    shaped = _reshaped(" ".join(words))
    if shaped is not None:
        return Clause(trimmed, *shaped, binding=shaped[0][:2] != ("let", "me"), universal=universal)
    predicate = _predicate(words, binding)
    if predicate is None:
        match = _SUBJECT.match(" ".join(words))
        if match is None or not _is_about_work(match["subject"], match["rest"]):
            return None
        subject = match["subject"].strip()
        predicate = _predicate(match["rest"].split(), True)
        if predicate is None or not (predicate[1] or predicate[2] or match["modal"].lower() == "must"):
            return None
        binding = True
    verb_words, adverb, negative = predicate
    return Clause(trimmed, tuple(verb_words), adverb, negative, binding, universal, subject)


def _is_about_work(subject: str, rest: str) -> bool:
    """Whether "SUBJECT should REST" can be a rule: of agents, of things of a repository, or of what is always used."""
    last = subject.rsplit(maxsplit=1)[-1].strip("`").lower()
    return last in ACTORS or rest.lower().startswith(("always use ", "never use "))


def _without_tail(text: str) -> str:
    words = text.rstrip(" .!?,;:").split(" ")
    tails = _TAILS | _TIMES if _FOR_GOOD.search(text) is not None else _TAILS
    while words and words[-1].lower().strip(".!?,;:") in tails:
        words = words[:-1]
    return " ".join(words).rstrip(" .!?,;:")


def _reshaped(text: str) -> tuple[tuple[str, ...], str, bool] | None:
    """(words, adverb, negative) of directives that are not built like instructions."""
    words = text.split()
    size = _starts(words, OWN_WISHES)
    if size and words[size : size + 1]:
        verb = words[size].lower()
        if verb in OWN_VERBS:
            return ("let", "me", *words[size:]), "", False
        if verb in ("avoid", "make", "ensure", "never", "always") or (verb == "use" and " instead of " in text):
            predicate = _predicate(words[size:], True)
            return None if predicate is None else (tuple(predicate[0]), predicate[1], predicate[2])
    passive = _PASSIVE.match(text)
    if passive is not None and (base := PARTICIPLES.get(passive["verb"].lower())) is not None:
        often = passive["adverb"].lower()
        rest = passive["rest"].split()
        if often.startswith("not"):
            ever = often.endswith("ever") or rest[-1:] == ["ever"]
            often = "never" if ever else "not"
            rest = rest[:-1] if rest[-1:] == ["ever"] else rest
            return (base, *passive["object"].split(), *rest), often if ever else "", True
        return (base, *passive["object"].split(), *passive["rest"].split()), often, often == "never"
    return None


def _after(words: list[str], size: int) -> list[str]:
    return [word for word in [words[size].lstrip(",:;-") if len(words) > size else "", *words[size + 1 :]] if word]


def _starts(words: list[str], phrases: Phrases) -> int:
    """The length of the longest of `phrases` that `words` begin with; 0 where none."""
    first = words[0].lower().strip(",:;.!*_") if words else ""
    candidates = by_first_word(phrases).get(first)
    if candidates is None:
        return 0
    low = tuple(word.lower().strip(",:;.!*_") for word in words[:6])
    return max((len(phrase) for phrase in candidates if low[: len(phrase)] == phrase), default=0)


def _predicate(words: list[str], binding: bool) -> tuple[list[str], str, bool] | None:
    """(words from the verb on, adverb, negative) of a clause without its introduction, or None."""
    adverb, negative = "", False
    for _ in range(4):
        if not words:
            return None
        low = words[0].lower().strip(",:;")
        if low in ("always", "never") and len(words) > 1:
            adverb = low if not negative else adverb
            negative = negative or low == "never"
            words = words[1:]
        elif low == "stop" and words[1:2] and words[1].lower() not in BASE_OF:
            return None
        elif (
            (size := _starts(words, NEGATIVES))
            and len(words) > size
            and not (low == "not" and size == 1 and not binding)
        ):
            if " ".join(words[:size]).lower() in _EVER:
                adverb = "never"
            negative, words = True, words[size:]
            if low == "avoid":
                return ["avoid", *words], adverb, True
        elif low in ("we", "you", "i") and len(words) > 2 and words[1].lower() in ("always", "never"):
            words = words[1:]
            if words[1].lower() == "want":
                words = [words[0], *words[2:]]
        elif (
            low in ("also", "just", "please", "to", "only", "ever", "really", "first", "be", "is", "are")
            and len(words) > 1
            and _verb(words[1]) is not None
            and low not in ("only",)
            and not (low == "be" and words[1].lower() not in BASE_OF)
        ):
            words = words[1:]
        else:
            break
    if not words:
        return None
    verb = _verb(words[0])
    if verb is None or (adverb and words[0].lower() in NOT_A_WISH):
        return None
    if words[0].lower() in BASE_OF and not binding and (adverb or not negative):
        return None
    if negative and verb in OPINIONS:
        return None
    if verb == "have" and words[1:2] == ["to"]:
        return None
    if verb == "have" and words[1:2] and (done := PARTICIPLES.get(words[1].lower())) is not None:
        return [done, *words[2:]], adverb, negative
    if verb == "be" and words[1:2] and words[1].lower().endswith("ed"):
        return None
    mark = "," if words[0].endswith(",") else ""
    return [verb + mark, *words[1:]], adverb, negative


def _verb(word: str) -> str | None:
    low = word.lower().strip(",;`*_")
    if low in VERBS:
        return low
    return BASE_OF.get(low)


_I = re.compile(r"\bi\b(?=[\s']|$)")


def worded(clause: Clause) -> str | None:
    """The clause as an imperative sentence, or None where it is none."""
    verb, *rest = clause.words
    body = " ".join([verb, *rest]).strip(" ,;:")
    if verb == "have" and clause.negative and rest[:1] == ["any"]:
        sentence = f"no {' '.join(rest[1:])}"
    elif clause.subject:
        modal = (
            "must never"
            if clause.adverb == "never"
            else "must not"
            if clause.negative
            else "must always"
            if clause.adverb
            else "must"
        )
        sentence = f"{clause.subject} {modal} {body}"
    elif verb == "avoid":
        sentence = body
    elif clause.adverb == "never":
        sentence = f"never {body}"
    elif clause.negative:
        sentence = f"do not {body}"
    elif clause.adverb == "always":
        sentence = f"always {body}"
    else:
        sentence = body
    if clause.condition:
        sentence = f"{clause.condition}, {sentence}"
    sentence = _I.sub("I", sentence.strip())
    return (sentence[0].upper() + sentence[1:]).rstrip(".!,;:") + "." if sentence else None


def whole_clause(rule: str) -> Clause | None:
    """The clause of a rule that is one imperative sentence; "No X" forbids to have X."""
    text = rule.strip().rstrip(".")
    if text.lower().startswith("no "):
        return Clause(text, ("have", "any", *text.split()[1:]), "", True, True)
    conditional = _CONDITION.match(text)
    return _clause(conditional["rest"] if conditional is not None else text)
