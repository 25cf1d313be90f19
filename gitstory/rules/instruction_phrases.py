"""Phrases that begin instructions, in lower case. A phrase is a tuple of its words."""

from __future__ import annotations

from functools import cache

Phrases = tuple[tuple[str, ...], ...]


def _phrases(text: str) -> Phrases:
    return tuple(tuple(phrase.split()) for phrase in " ".join(text.split()).split("|"))


FILLERS = _phrases(
    """
    ok | okay | yes | yeah | yep | no | nope | and | also | but | so | please | pls | hmm | well | oh | hey |
    alright | great | good | thanks | thank you | cool | perfect | sorry | wait | then | now | next | again |
    actually | again please | just | really | finally | additionally | furthermore | moreover | basically |
    definitely | still | both | i said | i told you | i told you to | i asked you to | i already told you to |
    like i said | as i said | i think | i guess | i believe | i feel like | note that | note | important | very
    important | reminder | remember | remember that | keep in mind that | keep in mind to | keep in mind | bear
    in mind that | be careful to | be careful | super important | one thing | one more thing | one rule | rule |
    can you | could you | would you | will you | can we | could we | i want you to | i want us to | i'd like you
    to | i would like you to | i need you to | i'd like us to | let's | lets | let us | in general | generally |
    for the record | as a rule | ideally | at least | you know | fyi | nb | ps | also please | please also | why
    are you | first | first of all | in addition | by the way | btw
    """
)
"""What introduces a directive and says nothing."""

UNIVERSAL = _phrases(
    """
    from now on | from here on | from here on out | going forward | in future | in the future | as always | for
    future reference | for the future | for all future work | at all times | no matter what | under no
    circumstances | as a general rule | every time | each time | moving forward | henceforth | general rule
    """
)
"""What says that a directive is for every time."""

BINDING = _phrases(
    """
    make sure that you | make sure that we | make sure you | make sure we | make sure to | make sure that | make
    sure | making sure to | making sure that | making sure | be sure to | be sure that | ensure that | ensure |
    you need to | we need to | you must | we must | you should | we should | you have to | we have to | it
    should | you ought to | you are to | you're supposed to | you are supposed to | try to | make sure we're |
    make sure you're | make sure we are | make sure you are | remember to | don't forget to | do not forget to |
    dont forget to | never forget to | you forgot to | you forgot again to | you keep forgetting to | you always
    forget to
    """
)
"""What introduces a directive and makes it one."""

NEGATIVES = _phrases(
    """
    do not ever | don't ever | dont ever | do not | don't | dont | stop | avoid | should not | shouldn't |
    shouldnt | must not | mustn't | can't | cannot | not | we don't want to | we do not want to | we dont want
    to | i don't want you to | i dont want you to | i do not want you to | i don't want to | i dont want to |
    you don't need to | you dont need to | no need to | you are not allowed to | you're not allowed to | you
    can't | you cannot | we don't | we do not | we dont | you don't | you shouldn't | we shouldn't | please
    don't | not to | you keep | you keep on | why do you keep | why do you keep on
    """
)
"""What forbids what follows."""

UNWANTED = _phrases(
    """
    i don't want | i do not want | we don't want | i don't want any | i dont want any | i do not want any | we
    don't want any | we dont want any | we do not want any | i never want any | i never want to see | there
    should be no | there should never be any | there should never be | there must be no | there must never be |
    no more
    """
)
"""What forbids the thing that follows."""

OWN_WISHES = _phrases(
    """
    i want to | i'd like to | i would like to | i'd prefer to | i prefer to | i'd rather | we want to | we'd
    like to | we would like to | i always want to | i need to | i'd love to
    """
)
"""What introduces something that the person wants to do."""


SHORTENED = {
    "dont": "don't",
    "doesnt": "doesn't",
    "shouldnt": "shouldn't",
    "cant": "can't",
    "wont": "won't",
    "isnt": "isn't",
    "arent": "aren't",
    "didnt": "didn't",
    "thats": "that's",
}
"""What people type without the apostrophe."""


@cache
def by_first_word(phrases: Phrases) -> dict[str, Phrases]:
    """`phrases` by the word that they begin with."""
    words = {phrase[0] for phrase in phrases}
    return {word: tuple(phrase for phrase in phrases if phrase[0] == word) for word in words}
