"""Cues of a correction in the words of a prompt: families of expressions, and groups of words. English only; pure.

No cue decides by itself. `correction_features` combines them with what the turns did, and `correction_model` weighs
the combinations with weights that were learnt from labelled turns.
"""

from __future__ import annotations

import re

_HEAD, _CUE_WORDS = 4000, 35
_NOT = r"(?:\s?n[o']?t\b|\s(?:\w+\s)?not\b)"
_AUXILIARY = r"(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|should|wo|ca|sha)"
_START = (
    r"^(?:ok(?:ay)?|great|good|perfect|nice|cool|thanks?|yes|yeah|now|next|and|also|so|then|please|but|hm+|wait)?"
    r"[\s,.!\-]*"
)

_EXPRESSIONS = {
    "still": r"\bstill\b(?!\s(?:need|want|have\sto|to\sdo|todo|relevant|apply|on\b|use\b))",
    "same": r"""\bsame\s(?:issue|error|problem|thing|bug|exact|result|failure|behaviou?r|mistake|here|again)
        |\bexact\ssame""",
    "again": r"""^(?:ok(?:ay)?[,.\s]+)?again\b | \bagain[.!?]?$
        | \b(?:failed|fails|happen\w*|broke\w*|error|issue|crash\w*|wrong|appears?|shows?
        |hanging)\b.{0,25}\bagain\b""",
    "does_not_work": _AUXILIARY
    + _NOT
    + r"""\s(?:\w+\s){0,2}?(?:work|show|seem|respect|update|appear|happen|match|load|compile|build|run|display|visible
        |reflect|change|look|indicate|pick|help|find|save|persist|render|get|fit|set|connect|stretch|align|make|right
        |correct|quite|expected|supposed|clear|obvious|enough|true|good|great|what|how|actually|really|fully|vertically
        |interactive|needed|necessary|useful|there|being|have|need)""",
    "not_so": r"""\bnot\s(?:\w+\s)?(?:work|show|correct|right|good|great|what|quite|enough|sure|true|needed|necessary
        |useful|visible|seeing|seem|respect|really|fully|clear|match|happen|how|like)""",
    "unable": r"\b(?:i|we)\s(?:can'?t|cannot|couldn'?t|am\snot\sable|'m\snot\sable|still)\b|\bunable\sto\b",
    "unseen": r"""\b(?:do\s?n[o']?t|can'?t|cannot|not|did\s?n[o']?t)\s(?:see|find)
        | \bno\s(?:logs?|messages?|data|output|icons?|images?)\b""",
    "wanted_state": r"""\b(?:should|must|needs?\sto|supposed\sto)(?:\s?n[o']?t)?\s
        (?:(?:also|always|only|still|not|never|just|actually|really|all|instead)\s)?
        (?:be|have|appear|show|stay|disappear|say|use|start|stretch|go|do|work|look|get|match|stop|never|always|cancel
        |return|come|happen|print|contain|include|exclude|count|apply|fill|read|reflect|not)\b""",
    "looks": r"\b\d+\s?px\b|\b\d+\s?%|padding|margin|spacing|align|font|colou?rs?\b|gap\b|border",
    "too": r"""\btoo\s(?:\w+\s)?(?:small|big|large|much|many|close|far|long|short|slow|fast|wide|narrow|low|high
        |complicated|specific|complex|thin|dark|bright|light|heavy|tight|little|few|strong|early|late)\b""",
    "no_need": r"""\b(?:do|does|did)?(?:n[o']?t|no)\s(?:\w+\s)?(?:need|want|like|care|require|think|agree|believe|get
        |understand|make|belong)\b | \b(?:unnecessary|unneeded|redundant|overkill|pointless|useless)\b
        | \bmakes?\sno\ssense | \bneither\b""",
    "remove": _START
    + r"""(?:please\s|can\syou\s|just\s)?(?:let'?s\s)?(?:remove|delete|drop|get\srid|revert|undo|restore
        |put\s\w+\sback|go\sback|bring\sback|roll\s?back|yank|hide|stop)\b""",
    "back": r"""\b(?:go|going|put|change|switch|bring|move|get|roll|set|revert)\s?(?:\w+\s){0,2}back\b
        | \brevert | \bundo\b | \brestore\b""",
    "pasted_error": r"""error: | exception | traceback | fatal: | err! | exit(?:ed)?\s(?:with\s)?(?:code|status)
        | not\sfound | denied | \bfailed\b | undefined | cannot\s(?:find|resolve|read) | invalid\soption""",
    "gets_error": r"""\b(?:getting|get|got|seeing|see|hitting|have|there'?s|there\sis|there\sare|is|with|throws?|gives?
        |gave|this|new|another|an|same|few|some)\s(?:\w+\s){0,3}?
        (?:errors?|issues?|failures?|warnings?|exceptions?|problems?|bugs?|crash|404|500|502|403)\b""",
    "faulty": r"""\b(?:fail(?:s|ed|ing)?|crash(?:es|ed|ing)?|br(?:eaks|oke|oken)|hang(?:s|ing)?|hung|stuck|buggy|bugged
        |missing|duplicated?|truncated|misaligned|cut\soff|wrong|incorrect|inconsistent|weird|strange|odd|ugly
        |bad|janky
        |empty|blank|slow|redundant|outdated|repeated|not\strue|worse|laggy|horrible|terrible|annoying|confusing)\b""",
    "why": _START + r"(?:why|how\scome)\b(?!\s(?:not\s)?(?:should|would|use)\b)",
    "why_you": r"""\bwhy\s(?:did|are|do|have|would|is|does|was|were|has)(?:n'?t)?\s
        (?:you|it|this|that|we|the|there|those|they|i)\b""",
    "you_did": r"""\byou(?:'ve|\shave|\shad|\salso|\sjust|\sstill|\sagain)?\s(?:forgot|missed|broke|removed
        |deleted|should
        |ignored|misread|misunderst|changed|added|said|told|claimed|introduced|skipped|assumed|made|did|keep|kept|were
        |are|have\snot|haven'?t|need|not|put|used|went|left|recreated|suggested|mentioned|don'?t)""",
    "i_meant": r"""\bi\s(?:mean\b|meant|said|asked|told|wanted|did\s?n[o']?t|expect|would\s(?:have\s)?expect|thought
        |don'?t\s(?:like|want|see|think|agree|understand)|hate|am\sreferring|was\s(?:talking|referring)|wasn'?t|never)
        | \bi'?m\s(?:just\s)?(?:talking|referring)\b""",
    "no": r"""^(?:ok(?:ay)?|hm+|um+|uh+|oh|ah|well|dude)?[\s,.!\-]*(?:no|nope|nah|not|wrong|incorrect|false|stop|wait
        |hold\son|huh)\b(?!\s(?:problem|worries|need\sto\srush))""",
    "hesitates": r"^(?:hm+|u+h+m*|um+|wait|eh|huh|well|wtf|dude|ugh)\b",
    "doubts": r"""\bare\syou\ssure | is\s(?:that|this|it)\s(?:right|correct|true|intentional|intended|necessary|even)
        | really\? | ,\s?(?:right|no|correct)\? | is\sit\snot | double.?check
        | (?:is|should|are|does)n'?t\s(?:that|this|it|there|we|you|they)\b""",
    "good_but": r"""\b(?:better|great|good|nice|works?|working|fixed|perfect|awesome|ok(?:ay)?|cool|almost
        |close|fine|done
        |there)\b[^.?!]{0,60}\b(?:but|however|though|except|only|yet|just)\b | \bbetter,""",
    "instead": r"\binstead\b | \brather\sthan\b | \bnot\s(?:the|a|in|on|to|with|by|from)\s\w+",
    "not_that": r",\snot\s | \bnot\s(?:\w+\s)?\w+[.!]?$ | \bit'?s\s\w+,?\snot\b",
    "worse": r"""\bworse\b | \bregress | \bused\sto\b | \bprevious | \bstopped\b | \bno\slonger\b
        | \bnow\s(?:it|the|i|we|when)\b.{0,60}\b(?:not|error|fails?|broken?|stuck|wrong|only|also|still)""",
    "another": r"""^(?:another|new|same|more)\s\w+ | \b(?:another|new|same|next|few|some|other|one|small|last)\s
        (?:more\s)?(?:error|failure|issue|problem|bug|warning|nit|thing)s?\b""",
    "missing": r"\bmissing\b | \bwhere(?:'s|\sis|\sare|\sdid|\sdoes)\b | \bwhat\s(?:happened|about)\b | \bforgot",
    "where_from": r"""\bwhere\s(?:did|does|do|is)\s(?:the|this|that|it|you|these)
        | \bwhat\s(?:does|is|do|made)\s.{0,40}\b(?:mean|doing|happening|wrong|going\son)\b""",
    "actually": r"\bactually\b | \bin\sfact\b | \btbh\b | \bhonestly\b",
    "look_again": r"""\b(?:look|check|think|read|review|verify|test)\s(?:\w+\s)?(?:carefully|closely|again
        |harder|deeper
        |more|properly|once\smore|your|correctly|closer)\b | \btry\sagain\b | \btake\sa\s(?:close|deep)
        | \bpay\sattention | \bstop\s\w+ing\b | \bbe\s(?:more\s)?careful""",
    "only": r"""^(?:ok(?:ay)?[,.\s]+)?(?:just|only)\b | \bonly\sfocus\b | \bdo\s?n[o']?t\sdo\b | \bdo\snot\b
        | \bnever\b""",
    "already": r"\balready\b | \bwe(?:'re|\sare)\s(?:using|not|pre) | \bwe\suse\b",
    "seems": r"\b(?:seem|look|appear|feel)s?\s(?:like\s|to\s|as\s)?",
    "shown": r"""\b(?:notice|see\s(?:image|the|this|here|attached|screenshot)|in\sthe\s(?:screenshot|image)|image\s\d
        |you\scan)\b""",
    "dislikes": r"""\bdo\s?n'?t\slike\b | \bhate\b | \bannoying\b | \bnot\sa\sfan | \bsucks?\b | \bfuck
        | \bwtf\b | \bdamn\b""",
    "do_not": r"""\b(?:do\s?n[o']?t|never|stop|without|no\smore)\s(?:add|put|use|make|do|touch|change|edit|run
        |commit|write
        |create|modify|include|worry|import|mix|show|print|need)\b""",
    "number_wanted": r"\b\d+(?:\s?px)?\s?[,\-(]?\s?(?:should|must|it\sshould|not|instead)\b",
    "asks_fix": r"""\b(?:help\sme\s(?:fix|debug)|can\syou\s(?:help\s)?fix|fix\s(?:it|this|that|please|these|them)
        |please\sfix|what'?s\s(?:wrong|going\son|up\swith))\b""",
    "when_i": r"""^(?:ok(?:ay)?[,.\s]+|now\s|but\s)?(?:when|after|while|if)\s(?:i|you|we|the|trying|running
        |opening|it)\b""",
    "tried": r"\bi\s(?:just\s|also\s)?(?:tried|tested|ran|run|rebuilt|opened|clicked|reloaded|restarted|installed)\b",
    "requests": _START
    + r"""(?:(?:can|could|would|will)\s(?:you|we|u)|let'?s|i(?:'d|\swould)\slike|i\swant\s(?:to|you)|i\sneed
        |we\s(?:need|should|have)|add|create|implement|make|write|build|commit|push|run|update|generate|set\s?up|merge
        |open|deploy|review|move|rename|install|give|help|start|continue|proceed|go\sahead|do|find|explain|tell
        |walk|show
        |extract|draft|document|rewrite|refactor|convert|propose|suggest|analyze|investigate|research|read|fix)\b""",
    "questions": _START
    + r"""(?:what|how|when|where|which|who|is|are|do|does|did|can|could|should|would|will|has|have)\b""",
    "agrees": r"""^(?:yes|yeah|yep|yup|y|ok(?:ay)?|sure|great|good|perfect|nice|cool|awesome|thanks?|thank\syou|agreed?
        |correct|exactly|lgtm|(?:sounds|looks)\s(?:good|right)|super|excellent|go\sahead|continue|proceed|done|option
        |\d)\b""",
    "chore": _START
    + r"""(?:please\s)?(?:commit|push|merge|ship|deploy|open\sa\spr|create\sa\s(?:pr|pull|draft|branch|commit)|rebase
        |resolve|tag|release|publish|bump|run\s(?:the\s)?tests?)\b""",
}
CUES = {name: re.compile(expression, re.VERBOSE) for name, expression in _EXPRESSIONS.items()}

_WORDS = {
    "not": """not no nope don't dont doesn't doesnt didn't didnt isn't isnt aren't arent wasn't wasnt won't wont can't
        cant cannot couldn't shouldn't shouldnt never none nothing without neither nor haven't hasn't wouldn't""",
    "again": "still again anymore yet keeps keep once",
    "bad": """wrong incorrect broken bad weird strange odd ugly off inconsistent misaligned redundant duplicate
        duplicated unnecessary unneeded useless pointless confusing confused misleading outdated stale empty
        blank missing invisible unreadable cluttered janky hacky buggy bugged worse terrible awful horrible slow
        sluggish laggy stuck hanging hang hangs hung invalid unclear poor stupid overkill complicated tiny huge
        incomplete unrelated irrelevant excessive overlapping cut""",
    "fails": """fail fails failed failing failure failures error errors exception crash crashes crashed crashing breaks
        break broke bug bugs issue issues problem problems warning warnings traceback undefined null timeout
        denied fatal panic unexpected mismatch conflict""",
    "wants": "should must needs need ought supposed expected expect want wanted wants prefer rather",
    "undo": "remove revert undo restore rollback delete drop scrap rid reset back discard",
    "why": "why",
    "doubt": """sure actually really hmm hm wait hold but however though although seems seem looks look appears
        apparently""",
    "instead": "instead rather",
    "you": "you your you're you've u",
    "did": """forgot missed broke removed deleted ignored misread misunderstood changed added said told
        claimed introduced skipped overwrote assumed made did put used left went""",
    "that": "that this it that's thats it's its these those they",
    "praise": """great good nice perfect awesome excellent cool better thanks thank works working worked fixed love
        super fine amazing beautiful lgtm decent""",
    "request": """add create implement make write build commit push run update let's lets please can could would
        generate set setup merge open deploy check review test use move rename install show give help start continue
        proceed go do find explain tell what how where when which who is are does""",
    "see": "see seeing saw shows show showing displays displayed appears appear getting get got gets notice noticed",
    "i_say": "said told asked meant mean want wanted think thought expected expect like don't dont didn't see",
    "i": "i i'm im i've ive my we we're our",
    "much": "too much many more less only just also even ever any enough almost",
    "only": "only just",
}
GROUPS: dict[str, tuple[str, ...]] = {}
for _name, _members in _WORDS.items():
    for _word in _members.split():
        GROUPS[_word] = (*GROUPS.get(_word, ()), _name)

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[^\w\s]")
_PLACEHOLDERS = (
    (re.compile(r"```.*?(?:```|\Z)", re.DOTALL), " codeblock "),
    (re.compile(r"https?://\S+"), " url "),
    (re.compile(r"`[^`\n]*`"), " code "),
    (re.compile(r'"[^"\n]{1,200}"'), " quoted "),
    (re.compile(r"@?[\w.~-]{0,60}/[\w./~@-]+"), " path "),
    (re.compile(r"@[\w.-]+"), " path "),
)
"""Code, addresses, quotations and paths count as such, not by what is in them."""


def normalized(text: str, longest: int = 600) -> str:
    """The first `longest` characters of `text` on one line, in lower case, code and paths as placeholders."""
    words = text[:_HEAD].lower().replace("’", "'").replace("‘", "'")
    for expression, placeholder in _PLACEHOLDERS:
        words = expression.sub(placeholder, words)
    return " ".join(words.split())[:longest]


def tokens(words: str, most: int) -> list[str]:
    """The first words and marks of normalized text; every number is `0`."""
    return ["0" if token.isdigit() else token for token in _TOKEN.findall(words)[:most]]


def cues(words: str) -> list[str]:
    """The names of the cues in the first words of normalized text, in a fixed order."""
    opening = " ".join(words.split(" ")[:_CUE_WORDS])
    return [name for name, expression in CUES.items() if expression.search(opening)]
