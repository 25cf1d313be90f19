"""Words of a prompt that say that what the agent did is not what the person wants. English only; pure.

Three grades: `objects` are words that hardly mean anything else; `complains` names a symptom (something fails, is
missing, looks wrong), which also an ordinary report of a bug does; `doubts` are words of a change of mind, which say
little by themselves. Prompts in other languages match nothing.
"""

from __future__ import annotations

import re

_SPACES = re.compile(r"\s+")
_HEAD, _EARLY_WORDS, _OPENING_WORDS = 400, 8, 30
_LEAD = r"(?:(?:ok(?:ay)?|h+m+|u+m+|oh|ah|well|sorry|please|hey|but|and|so|also|again)[\s,.!:;-]+){0,3}"

# Only at the very start.
_OPENING = re.compile(
    _LEAD
    + r"""(?: no(?:pe)?(?=[,.!;:-]|$|\s(?!problem|worries|need|rush|idea|thanks|doubt|more|longer|other|one\b|matter)\w)
      | still\s(?!working\?|there|here|need|want)\w+ | not\ssure\s(?:if|that|it|this)\b
      | seems?\s(?:to\s)?(?:be\s|get\s)?(?:stuck|broken|not|wrong|hang) | i'?m\sconfused\b
      | why\s(?:is|does|are|do)\s(?:it|this|that|they)\s(?:now|still|not|always|suddenly)\b
      | not\s(?:quite|like\sthat|what|that|there|yet\sright)
      | don'?t\b | do\snot\b | stop(?=[,.!:;-]|$|\s\w+ing\b) | wait\b(?!\sfor|\suntil) | hold\s(?:up|on)\b
      | (?:this|that|it)(?:'s|s|\sis|\swas|\slooks|\sseems)\s(?:wrong|not|incorrect|broken|bad|still|already)
      | (?:this|that|it)\s(?:isn'?t|wasn'?t|doesn'?t|does\snot|didn'?t|did\snot|breaks|broke|fails|still|should)
      | wrong\b | incorrect\b | undo\b | revert\b | roll\s?back\b | put\s(?:it|that|them|this)\sback
      | actually\b | instead\b | rather\b | i\s(?:said|mean\b|meant|asked|told|did\s?n'?t|don'?t\swant|wanted)
      | you\s(?:forgot|missed|broke|removed|deleted|should\snot|shouldn'?t|should\shave|did\s?n'?t|ignored|misread)
      | why\s(?:exactly\s|then\s)?(?:did|have|are|do|is|was|were)(?:\s?n'?t)?\b(?=.{0,80}\b(?:you|being)\b)
      | why\snot\s\w+ | i\s(?:don'?t|do\snot|can'?t|cannot)\ssee\b
      | still\s(?:fails|failing|broken|wrong|not|no\b|some|the\ssame|doesn'?t|get|seeing|shows?|see)
      | fix\s(?:that|this|it|your|the\s(?:mistake|typo|bug\syou)) | (?:remove|delete)\s(?:that|this)\b
      | change\s(?:that|it)\sback | try\sagain | that\sbroke | should(?:n'?t|\snot)?\s(?:be|have)
      | are\syou\ssure | (?:do|did)\swe\s(?:really\s)?need\s(?:that|this|it)\b
      | you\s(?:did\s?n'?t|did\snot|have\s?n'?t)\b | we\s(?:did\s?n'?t|did\snot)\b(?=[^.!]*\?) )""",
    re.VERBOSE,
)
# Anywhere in the first words.
_EARLY = re.compile(r"\binstead\b")
_ANYWHERE = re.compile(
    r"""\bi\s(?:would\shave\s|had\s|was\s)?(?:expect(?:ed|ing)|would\sexpect)\b | \bnot\s(?:what|how|the\s\w+)\si\b
      | \b(?:is|are|was|were)\s?(?:n'?t|\snot)\s(?:quite\s)?(?:correct|right|expected|supposed) | \bsupposed\sto\b
      | \balready\s(?:been\s)?(?:fixed|done|there|merged)\b
      | \bthat'?s?\sis?\s?not\b | \bit'?s\snot\s(?:a|the|an)\b | \bwon'?t\swork\b | \bi\smeant\b
      | ^(?:what\si'?m\strying\sto|the\sgoal\sis)\b | \b(?:you\salso|you)\ssaid\b
      | \bi'?m\s(?:just\s|only\s)?(?:referring|talking|asking)\b | \bshould\shave\sbeen\b
      | \bshould\s(?:be|appear|go|stay|use|have)\b[^.?!]{1,80}\bnot\b | \bare\s(?:we|you)\ssure\b
      | \bi(?:'ve|\shave)?\s(?:just\s)?(?:reverted|undid|undone)\b | \bi\s(?:don'?t|can'?t)\ssee\sthe\b
      | \bseems?\b.{0,40}\b(?:missing|lost|wrong|broken|not\s(?:correct|work\w*|right))\b
      | \bdid(?:n'?t|\snot)\swe\b | \bnot\sappropriate\b | \bthis\sshould\sbe\b[^.]{0,120}\bnow\b
      | \bnot\strue\b | \bsomething(?:'s|\sis)?\swrong\b | \bbut\sstill\snot\b
      | \bi\sdoubt\b | \bnot\sseeing\b | \bthat\sis\swrong\b
      | \bshould\snot\sbe\b | \bshouldn'?t\sbe\b
      | \bseems?\s(?:to\s)?not\s(?:to\s)?(?:\w+\s)?(?:work|correct|right) """,
    re.VERBOSE,
)
_SYMPTOM = re.compile(
    r"""\b(?:still|somehow|only|always|also|now|just)\b[^.?!]{0,60}\b(?:fail|error|broken|wrong|shows?|lists?|logs?|gets?
          |return|appear|happen|miss)
      | \b(?:does|do|did|is|are|was|were|has|have|can|could|will)(?:\s?n'?t|\snot)\s(?:\w+\s){0,2}?
          (?:work|show|seem|respect|update|appear|happen|match|load|compile|build|run|display|visible|reflect|change
            |look|indicate|pick|help|find|save|persist|render|get|fit|there|set|connect|work\w*)
      | \bcan'?t\s(?:get|see|find|open|use|log)\b
      | \b(?:is|are|keeps?|was)\s(?:still\s|now\s|always\s)?
          (?:failing|broken|missing|wrong|empty|gone|barely|showing|crashing|stuck|slow)
      | \b(?:fails|failed|crash(?:es|ed)?|breaks|denied|error(?=:)|exception|warnings?|bugged|buggy)\b
      | \bshould\s(?:always|still|never|only|be\sonly)\b
       | \bi\s(?:get|got|am\sgetting)\s(?:this|an?|the|these)\b[^.]{0,120}\berrors? | \bplenty\sof\b
       | \bseems?\snot\b | \bnot\s(?:correct|right|respect|working|showing|updated)\b """,
    re.VERBOSE,
)
_STILL = re.compile(
    r"""\bstill\s(?:there\b|using|uses?|fail\w*|not\b|shows?|showing|gets?|getting|says?|lists?|the\ssame|broken|wrong|see\w*)
      | \b(?:did|does|do)(?:\s?n'?t|\snot)\s(?:show|work|seem|appear|happen|help)\b""",
    re.VERBOSE,
)
_DOUBT = re.compile(
    r"""\b(?:instead|rather|shouldn'?t|actually|hm+|drop|wrong
          |doubt|however|no\slonger|what\sabout|why|need\sthat)\b""",
    re.VERBOSE,
)
_LEAST_ASCII, _FEWEST_WORDS, _FIRST_OTHER_SCRIPT = 0.85, 4, "\u0370"
_ENGLISH = frozenset(
    """a about add all already and any are as at be but by can could did do does don't for from get had has have how i
    if in instead into is isn't it it's its just let let's like look make need needs new not now of on only or other our
    out please should so some still that the their them then there these they this to use want was we what when where
    which why will with would you your""".split()  # noqa: SIM905
)
"""Words of which an English sentence has one: what other languages say is not judged."""
_WANTED_STATE = (
    "should be ",
    "should have ",
    "should appear",
    "should stay ",
    "even worse",
    "hard to read",
    " broken",
    "on second thought",
    "still there",
)
"""Phrases that correct only where the turn changes again what was just changed."""
_REPORTED = re.compile(
    r"\bseverity\b(?!\":)|\bcoderabbit\b|\bconsider\s\w+ing\b|\breview(?:er)?\s(?:comment|feedback|found)\b|\bbugbot\b"
    r"|\breviewer\s(?:says|said|noted|wrote|flagged|asks|asked|complain\w*)\b|\[p[0-3]\]"
    r"|\b\d\.\s\(?(?:critical|high|medium|low)\b"
)
"""Findings of a reviewer or a tool that are pasted in: they are about the code, not about what was just done."""
_POLITE = re.compile(r"no\s(?:problem|worries|need|rush|idea|thanks|doubt)|not\sbad|(?<!\w)wrong\?$|don'?t\sworry")
_ASKS = re.compile(
    _LEAD
    + r"""(?: (?:can|could|would)\s(?:you|we|i)\b | (?:what|how|where|when|which|who|whose)\b(?!\sabout) | is\sthere\b
      | (?:do|does|did)\s(?:you|we|i)\b(?!\s(?:really\s)?need) | let'?s\b | next\b | now\b | add\b | create\b
      | implement\b | please\b(?!\s(?:don|stop|undo|revert)) | commit\b | push\b | run\b | check\b | use\s/ )""",
    re.VERBOSE,
)
_GO_ON = re.compile(
    r"(?:(?:ok(?:ay)?|yes|yeah|please|now|good|great|cool|then)[\s,.!]+)*"
    r"(?:continue|go on|keep going|proceed|resume|carry on|go ahead"
    r"|implement the following plan|push on|move on|next(?=\W*$))(?!\w)"
    r"|.{0,90}\bpick up where (?:we|you) left off\W*$"
    r"|.{0,90}\b(?:and|then) continue\W*$"
)
_ACKNOWLEDGES = re.compile(r"(?:ok(?:ay)?|yes|yeah|yep|sure|great|thanks|thank you|perfect|good|nice|cool)\b")


def plain(prompt: str) -> str:
    """The beginning of a prompt on one line, in lower case, with straight apostrophes."""
    return _SPACES.sub(" ", prompt[:_HEAD]).strip().lower().replace("’", "'")


def objects(prompt: str) -> bool:
    """Whether a prompt says that something done is wrong or unwanted."""
    words = plain(prompt)
    if not words or words.startswith(("/", "<")) or _POLITE.match(words):
        return False
    early = " ".join(words.split(" ")[:_EARLY_WORDS])
    opening = " ".join(words.split(" ")[:_OPENING_WORDS])
    return bool(_OPENING.match(words) or _EARLY.search(early) or _ANYWHERE.search(opening))


def complains(prompt: str) -> bool:
    """Whether a prompt reports a fault, and asks for nothing else first."""
    words = plain(prompt)
    if not words.startswith(("/", "<")) and _STILL.search(words) and not _ASKS.match(words):
        return _REPORTED.search(words) is None
    if words.startswith(("/", "<")) or words.endswith("?") or _ASKS.match(words) or _REPORTED.search(words):
        return False
    return _SYMPTOM.search(words) is not None


def reports_findings(prompt: str) -> bool:
    """Whether a prompt pastes what a reviewer or a tool found."""
    return _REPORTED.search(plain(prompt)) is not None


def is_english(prompt: str) -> bool:
    """Whether a prompt may be English: in Latin letters and, from four words on, with a word that English needs."""
    letters = [letter for letter in prompt[:_HEAD] if letter.isalpha()]
    other = sum(letter >= _FIRST_OTHER_SCRIPT for letter in letters)
    if other > 1 or sum(letter.isascii() for letter in letters) < _LEAST_ASCII * len(letters):
        return False
    words = plain(prompt).replace(",", " ").replace(".", " ").split()
    return len(words) < _FEWEST_WORDS or not _ENGLISH.isdisjoint(words)


def wants_otherwise(prompt: str) -> bool:
    """Whether a prompt gives the state that something should have: of what was just changed, it is not in it."""
    words = plain(prompt)
    if words.startswith(("/", "<")) or words.endswith("?") or _REPORTED.search(words):
        return False
    opening = " ".join(words.split(" ")[:_OPENING_WORDS])
    return any(phrase in opening for phrase in _WANTED_STATE)


def doubts(prompt: str) -> bool:
    """Whether a prompt has a word of a change of mind in its first words."""
    words = plain(prompt)
    if words.startswith(("/", "<")) or _REPORTED.search(words):
        return False
    return _DOUBT.search(" ".join(words.split(" ")[:_OPENING_WORDS])) is not None


def asks(prompt: str) -> bool:
    """Whether a prompt opens as a request or a question of its own."""
    return _ASKS.match(plain(prompt)) is not None


def goes_on(prompt: str) -> bool:
    """Whether a prompt only tells the agent to continue."""
    return _GO_ON.match(plain(prompt)) is not None


def acknowledges(prompt: str) -> bool:
    """Whether a prompt opens with a word of agreement or thanks."""
    return _ACKNOWLEDGES.match(plain(prompt)) is not None
