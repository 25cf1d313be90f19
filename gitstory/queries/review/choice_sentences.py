"""Sentences that state a choice, in the words of agents and people. A short list of words decides: rarely wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.model import Turn
from gitstory.summary.dependent_prompts import says_little
from gitstory.summary.turn_labels import is_explained

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*\s*$|\Z)", re.DOTALL | re.MULTILINE)
_TABLE = re.compile(r"^[^\S\n]*+\|.*$", re.MULTILINE)
_HEADING = re.compile(r"^[^\S\n]*+#{1,6}\s.*$|^[^\S\n]*+(?:[-*_][^\S\n]*+){3,}+$", re.MULTILINE)
_MARKS = re.compile(r"^[ \t]*#{1,6}[ \t]+(?=\S)", re.MULTILINE)
_ITEM = re.compile(r"^[^\S\n]*+(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_END = re.compile(
    r"(?<=[.!?])(?<![\s(][A-Z]\.)(?<!\b[ei]\.[ge]\.)(?<!\bvs\.)(?<!\betc\.)[\"')\]*_`]*\s+(?=[\"'(\[*_`]*[A-Z0-9À-Þ])"
)
_EMPHASIS = re.compile(r"(?<!\w)(\*\*|__)(?=\S)((?:(?!\1).)++)(?<=\S)\1(?!\w)")
_BLANK = re.compile(r"\n\s*\n")
_MARK = re.compile(r"\s*(?:[`~|#>*+•_-]|\d)")
"""What a text of one line begins with if any of the expressions above matches it."""
_STOP = re.compile(r"[.!?][\"')\]*_`]*\s")
"""What every end of a sentence has: found several times faster than `_END`."""

FEWEST, MOST = 6, 45
"""Words of a sentence that is worth quoting and can be quoted whole."""
_LONGEST = 40_000
"""Characters of one message that are looked at."""

_CHOICE = re.compile(
    r"""\b(?: (?:i|we|let)(?:'ll|'ve|'s|\swill|\shave)?\s(?:just\s|instead\s|also\s|now\s|only\s)?
              (?:us(?:e|ed|ing)|go(?:ing)?\swith|went\swith|ke(?:ep|pt)|ch(?:oo|o)se|chosen|prefer(?:red)?
            |decided|opted|
                 pick(?:ed)?|switch(?:ed)?\sto|stick(?:ing)?\swith|stor(?:e|ed)|mov(?:e|ed)|ma(?:k|d)e)\b
            | decided\s(?:to|on|that|against) | opted\s(?:to|for) | (?:i|we|you)\schose\b | settled\son | went\swith
            | the\s(?:right|simplest|safest|cleanest|best|better|minimal)\s(?:fix|way|approach|place|choice
            |option|design)\sis
            | (?:use|using|keep|keeping|prefer|make|making|put|store|do)\s[^.;]{2,80}?\s(?:instead\sof|rather\sthan)
            | (?:must|should)\s(?:stay|remain|never|always|not)\b )""",
    re.VERBOSE | re.IGNORECASE,
)
_REASON = re.compile(
    r"""\b(?: because | since\s(?!the\slast|then|v?\d) | so\s(?:that|the|it|we|a|callers|users)\b | otherwise
            | to\savoid
            | which\smeans
            | trade-?off | in\sorder\sto | the\sreason )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"""\b(?: (?:decided|chose|opted)\s(?:against|not\sto) | (?:i|we)\s(?:have\s)?rejected | ruled\sout
            | (?:(?:i|we)\s(?:considered|tried)|an?\salternative|the\salternative)
            \b[^.]{3,120}?\b(?:but|however|would|is|was|because|too)\b
            | (?:is|was|seems|feels)\soverkill | would\sbe\s(?:overkill
            |too\s(?:slow|heavy|complex|fragile|risky|broad|strict|expensive
            |invasive))
            | not\sworth )""",
    re.VERBOSE | re.IGNORECASE,
)
_PREFERENCE = re.compile(r"\b(?:instead\sof|rather\sthan)\b", re.IGNORECASE)
_DOING = re.compile(
    r"""\b(?: (?:i|we)(?:'ll|'ve|'d|\swill|\shave|\sshould|\swould|\scan|\sthink)?\b | let's\b | should\b | must\b )
      | ^(?:use|keep|copy|put|store|do|make|move|pass|prefer|add|create|write|run|treat|rely|go|build|check
            |return|read)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_FAULT = re.compile(
    r"""^(?:currently|today|previously|before\b|at\sthe\smoment|right\snow)
      | \b(?:silently|incorrectly|wrongly|mistakenly|bug|error\shandling)\b
      | \b(?:reads?|feels?|looks?|sounds?)\slike\b | \byou\smean\b
      | \bso\s(?:that\s)?(?:it|they|the\s\w+)\b[^.;,]{0,60}?\b(?:instead\sof|rather\sthan)\b
      | \b(?:returns|prints|shows|gets|fails|failed|reports|crashes|uses|used|returned|was|were)\b[^.;]{0,60}?
        \b(?:instead\sof|rather\sthan)\b | \busers?\sdecide
      | \b(?:instead\sof|rather\sthan)\s(?:just\s|silently\s|always\s)?(?:disappear|fail|crash|show|render|display
            |being|becom|throw|return|exist|wrapp|hang|error|los|dropp|leav|accept|getting)\w*""",
    re.VERBOSE | re.IGNORECASE,
)
"""What is wrong with something, which sounds like a choice and is none."""
_IDLE = re.compile(
    r"""^(?: let\sme | now\b | next,? | first,?
            | i'll\s(?:start|begin|check|look|read|run|explore|search|now|first|also\scheck)
          | i\s(?:see|need\sto|can\ssee|found|notice|should|think) | looking\sat | good\b | great\b
            | perfect\b | done\b | all\s(?:tests|done)
          | would\syou | do\syou | should\si | shall\si | want\sme | here(?:'s|\sis|\sare) | the\suser
            | you're\sright | wait )""",
    re.VERBOSE | re.IGNORECASE,
)
_DOES = (
    r"(?:(?:re-?)?(?:check|load|pull|look|verify|inspect|search|review|validat|confirm|test|wait|explor|trac|run"
    r"|monitor|investigat|compar)(?:n?ing)?|read(?:ing)?|let(?:ting)?\s(?:it|the\s\w+)\s(?:run|finish)"
    r"|(?:us(?:e|ing)|follow(?:ing)?)\s(?:the|its|a)\s(?:\S+\s){0,3}?(?:skill|workflow|guide|mode|worktree))"
)
_PROCEDURE = re.compile(
    rf"""\b(?:i|we)(?:'m|'ll|'ve|\sam|\swill|\shave|\sneed\sto|\sare)?\s(?:also\s|now\s|just\s|first\s)?
          (?:going\sto\s|about\sto\s|gonna\s)?{_DOES}\b
      | ^(?:let\sme\s|now\s|next,?\s)?{_DOES}\b
      | \bi(?:'m|'ll|\sam|\swill)\s(?:going\sto\s)?put\s(?:it|this)\son\b
      | \b(?:us(?:e|ed|ing)|load)\s(?:that|this|it
            |the\s(?:\S+\s){{0,3}}?(?:guidance|plugin|shortcut|server|browser|port))\b
      | \bso\s(?:that\s)?(?:we|i)\s(?:can\s(?:see|inspect|verify|check|test|confirm|compare|tell)|know|see)\b
      | \b(?:instead\sof|rather\sthan)\s(?:just\s|only\s)?(?:guess|assum|replay|re-?run|re-?check|start
            |invent|interrupt|wait|speculat
            |rely(?:ing)?\son\s(?:guess|memory)|from\smemory|leaving\syou|accident) """,
    re.VERBOSE | re.IGNORECASE,
)
"""What an agent does to find out or to check, which is no choice about the work."""
_SUPPOSED = re.compile(
    r"""\bshould\s(?:not|never|always)\s(?:require|need|take|matter|affect|have\sto|be\s(?:a|an|hard|difficult|too))\b
      | \b(?:if|when|that|which|what|how|as|machines?|places?)\s(?:i|we)\s(?:use|make|keep|store|move)\b
      | \b(?:i|we)\s(?:also\s|currently\s|only\s|just\s)?use\b(?!.{0,200}\b(?:because|so\sthat|instead|rather)\b)
      | \b(?:changes?|stuff|files?|things?|docs?|work)\s(?:that\s)?(?:i|we|you)\smade\b | ^consider\b |
      \bmake\s(?:\S+\s){0,3}?changes\b
      | ^then\b | ^(?:it|this|that|they|these)\s(?:\S+\s?){1,7}$ | ^(?:\S+\s){1,7}(?:this|that|it)\.?$
      | ^(?:bad|good|example|e\.g\.|before|after|wrong|right)\s?: | \bbut\s(?:is\s)?not\s\w+ed\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""Expectations, conditions, examples and descriptions, which have the words of a choice."""
_NARRATIVE = re.compile(
    r"\b(?:i|we)(?:'ve|\shave)?\s(?:just\s|also\s|already\s)?(?:made|moved|used|kept|stored)\b", re.IGNORECASE
)
_PROGRESS = re.compile(
    r"""(?:^|[;:,—–]\s)(?:(?:and|so|now)\s)?i(?:'m|\sam)\s(?:(?:now|also|just|only)\s)?
          (?!keeping|using|leaving|sticking|preferring|choosing|avoiding|storing|treating|dropping)\w+ing\b
      | ^(?:it|that|this|they|these|those|happy|you|consider
          |asserts|tests|checks|verifies|covers|exercises|ensures|returns)\b
      | \b(?:my\srecommendation|i(?:'d|\swould)?\s(?:recommend|suggest|propose)|option\s\w)\b
      | \b(?:commit(?:s|ted|ting)?|branch(?:es)?|rebas\w+|stag(?:e|ed|ing)|unstaged|amend\w*|push(?:ed|ing)?|worktrees?
          |prs?|pull\srequests?|delegat\w+|reviewers?|sub-?agents?)\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""What an agent is doing at the moment, how it delivers the work, and what cannot be understood alone."""
_PIECE = re.compile(r"[A-ZÀ-Þ]?[a-zß-ÿ]+|[A-ZÀ-Þ]+(?![a-zß-ÿ])")
_STEM = 5
_COMMON = frozenset(
    """about after also because before being does done each from have instead into just make more must need only other
    over rather same should since some than that their them then there these they this those though through until used
    using very want were what when where which while will with without would your""".split()  # noqa: SIM905
)
_ODD = re.compile(r"\[redacted:|\s\$\s|https?://|[{}<>]{2}|\||\\n|[=;]{2}|^\W*$")


def sentences(text: str) -> Iterator[str]:
    """The sentences of a message on one line each: code blocks, tables and headings left out, list items one by one."""
    for block in _blocks(text[:_LONGEST]):
        flat = " ".join(block.split())
        for part in _END.split(flat) if _STOP.search(flat) is not None else (flat,):
            sentence = (_EMPHASIS.sub(r"\2", part) if "**" in part or "__" in part else part).strip()
            if sentence:
                yield sentence


def _blocks(text: str) -> list[str]:
    """The paragraphs and list items of a message. Most prompts are one line without any marks: those are not searched
    for fences and tables, which takes longer than all the rest."""
    if "\n" not in text and _MARK.match(text) is None:
        return [text]
    plain = _FENCE.sub("\n\n", text)
    plain = _HEADING.sub("\n\n", _TABLE.sub("\n\n", _QUOTED.sub("", plain)))
    return _BLANK.split(_ITEM.sub("\n\n", plain))


def quotable(sentence: str) -> bool:
    """Whether it can stand alone: a whole sentence of some length, no question, no lead-in, no code."""
    count = len(sentence.split())
    ends = sentence[-1] not in ":?…," and not sentence.count('"') % 2
    return FEWEST <= count <= MOST and ends and _ODD.search(sentence) is None


def decision(sentence: str) -> int:
    """How certainly a sentence states a choice: 0 not at all, 1 a choice, 2 a choice with its reason."""
    sentence = sentence.replace("’", "'")
    return _scored(sentence) if _CHOICE.search(sentence) is not None else 0


def rejection(sentence: str) -> int:
    """How certainly a sentence states what was not done: 0 not at all, 1 that it was not, 2 also why."""
    sentence = sentence.replace("’", "'")
    return _scored(sentence) if _turns_down(sentence) else 0


def decision_and_rejection(sentence: str) -> tuple[int, int]:
    """Both of the above; what speaks against the one speaks against the other, and is looked for once."""
    sentence = sentence.replace("’", "'")
    chosen, rejected = _CHOICE.search(sentence) is not None, _turns_down(sentence)
    certain = _scored(sentence) if chosen or rejected else 0
    return certain * chosen, certain * rejected


def _turns_down(sentence: str) -> bool:
    preferred = all(sign.search(sentence) is not None for sign in (_PREFERENCE, _DOING, _REASON))
    return preferred or _REFUSAL.search(sentence) is not None


def _scored(sentence: str) -> int:
    if not quotable(sentence) or is_aimless(sentence):
        return 0
    return 2 if _REASON.search(sentence) else 1


def is_aimless(sentence: str) -> bool:
    """Whether a sentence only sounds like a choice: an announcement, a fault, a check, an expectation."""
    idle = _IDLE.match(sentence) is not None or _PROCEDURE.search(sentence) is not None
    return idle or _FAULT.search(sentence) is not None or _SUPPOSED.search(sentence) is not None


def first_words(text: str, most: int = 30) -> str:
    """The first sentence or two of a request, at most `most` words, an ellipsis where it was cut.

    A heading counts as a sentence here: plans that are pasted begin with one.
    """
    words: list[str] = []
    for sentence in sentences(_MARKS.sub("", text[:_LONGEST])):
        more = sentence.split()
        if words and len(words) + len(more) > most:
            break
        if words and len(more) == 1:  # "Summary", "Context": a title of what follows, not of what is asked
            continue
        words += more
        if len(words) >= 8:
            break
    if not words:
        words = text[:_LONGEST].split()
    return " ".join(words[:most]) + ("…" if len(words) > most else "")


def request_words(turn: Turn, label: str) -> str:
    """The first words of a turn's request or, where they say little, its label: what the turn was about."""
    explained = says_little(turn.prompt) and is_explained(turn, label)
    return label if explained else first_words(turn.prompt)


def stems(text: str) -> set[str]:
    """The first letters of the words of a text, and of the parts of its identifiers, that say something."""
    pieces = (piece.lower() for piece in _PIECE.findall(text))
    return {piece[:_STEM] for piece in pieces if len(piece) > 3 and piece not in _COMMON}


def is_progress(sentence: str) -> bool:
    """Whether an agent's sentence tells of its progress, how it delivers the work, or of something named before it."""
    return _PROGRESS.search(sentence.replace("’", "'")) is not None


def is_narrative(sentence: str) -> bool:
    """Whether a person tells what was done before, which sounds like a choice: "we made a mistake"."""
    return _NARRATIVE.search(sentence.replace("’", "'")) is not None
