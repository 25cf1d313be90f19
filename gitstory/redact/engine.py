"""Takes secrets out of text before anything is written: text in, text with markers out, and a count by rule.

One `Redactor` serves one conversation: the same secret gets the same marker in all of it, so that the text stays
readable. Line ends are never added or removed. `redact_conversation` fails closed: it returns a whole redacted
conversation or raises.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from gitstory import model
from gitstory.errors import GitStoryError
from gitstory.redact import (
    conversation_strings,
    custom_rules,
    encoded,
    escaped_labels,
    find_given_secrets,
    generated_values,
    headerless_keys,
    hexadecimal_private_keys,
    identity,
    key_dumps,
    key_fragments,
    key_value_secrets,
    machine_names,
    mixed_case_secrets,
    obfuscated_tokens,
    password_arguments,
    passwords_in_prose,
    pem,
    plausible_secret,
    positional_secrets,
    preceding_line,
    random_tokens,
    recovery_phrases,
    secret_printing_commands,
    secrets_in_tables,
    text_without_styling,
    token_formats,
    too_many_labels,
    unprefixed_tokens,
    url_and_http_credentials,
    withhold,
    wrapped_secrets,
)
from gitstory.redact.batches import batches, shared_out, starts_of
from gitstory.redact.settings import Settings
from gitstory.redact.spans import SEPARATOR, Span, merge
from gitstory.redact.substring_search_view import View

MARKER = re.compile(r"\[redacted:([a-z0-9][a-z0-9-]{0,60}):(\d{1,9})\]")
SHORTEST_KNOWN, SHORTEST_HOST = 12, 6
MOST_KNOWN, MANY = 1000, 100
"""Secrets of one conversation that are looked for everywhere in it, by a search for each, and where there are many
by one look at every place."""


class RedactionFailed(GitStoryError):
    """The engine could not do its work; whoever asked must store nothing."""


class Finding(Struct, frozen=True):
    """`text[start:end]` of the original text became `marker`."""

    rule: str
    marker: str
    start: int
    end: int


class Redactor:
    """`home` and `users` are the person's own home directory and account names; `findings` counts by rule.

    Raises `custom.BadRule` for own rules that cannot be used.
    """

    def __init__(self, settings: Settings, home: Path | None = None, users: Collection[str] = ()) -> None:
        self.settings = settings
        self.findings: Counter[str] = Counter()
        self._names = identity.Names(home, users)
        clock = custom_rules.Clock()
        self._own = [custom_rules.Rule(name, pattern, clock) for name, pattern in settings.rules]
        self._allow = [custom_rules.compile_safe(pattern, "allow-list")[0] for pattern in settings.allow]
        self._numbers: dict[tuple[str, str], int] = {}
        self._highest: Counter[str] = Counter()
        self._known_secrets: dict[str, str] = {}

    def text(self, text: str) -> str:
        """The text with every secret replaced; markers already there stay."""
        return self.redact(text)[0]

    def redact(self, text: str) -> tuple[str, list[Finding]]:
        """As `text`, with what was found and where in the original."""
        self.respect(text)
        spans = [*self._batch([text]).get(0, ()), *self._own_spans(text)]
        self.learn(spans)
        return self.replace(text, merge(spans + self._repeated(text)))

    def texts(self, texts: list[str]) -> list[str]:
        """Many texts of one conversation: a secret that gives itself away in one is hidden in all.

        Equal texts (paths, names of tools, an edit's sides) are searched and counted once.
        """
        once = list(dict.fromkeys(texts))
        groups = list(batches(once))
        spans_by_text: list[dict[int, list[Span]]] = []
        for group in groups:
            self.respect(SEPARATOR.join(group))
            spans_by_text.append(self._batch(group))
        for group, spans in zip(groups, spans_by_text, strict=True):
            if self._own:
                for at, text in enumerate(group):
                    spans.setdefault(at, []).extend(self._own_spans(text))
            for at in sorted(spans):
                self.learn(spans[at])
        cleaned: dict[str, str] = {}
        for group, spans in zip(groups, spans_by_text, strict=True):
            for at, more in shared_out(group, self._repeated(SEPARATOR.join(group))).items():
                spans.setdefault(at, []).extend(more)
            cleaned |= {group[at]: self.replace(group[at], merge(spans[at]))[0] for at in sorted(spans)}
        return [cleaned.get(text, text) for text in texts] if cleaned else texts

    def spans(self, text: str) -> list[Span]:
        """What the built-in rules find, unordered and overlapping, without what the allow-list lets pass."""
        return self._spans(View(text))

    def _spans(self, view: View) -> list[Span]:
        spans = self._spans_as_written(view)
        if self.settings.machines is not None:
            spans += self._personal(View(text_without_styling.blanked(view.text)))
        return spans + text_without_styling.spans(view.text, self._spans_as_read)

    def _spans_as_read(self, plain: str) -> list[Span]:
        view = View(plain)
        if too_many_labels.is_crowded(view):
            return list(too_many_labels.withheld(plain))
        return self._spans_as_written(view)

    def _spans_as_written(self, view: View) -> list[Span]:
        text, spans = view.text, _secrets(view)
        between = wrapped_secrets.gaps(view)
        spans += wrapped_secrets.find(text, between)
        spans += wrapped_secrets.continue_spans(text, spans)
        spans += self._personal(view)
        return [span for span in spans if not self._allowed(span, text)]

    def respect(self, text: str) -> None:
        """Numbers that markers of an earlier run use are not given to other secrets."""
        if "[redacted:" in text:
            for match in MARKER.finditer(text):
                self._highest[match[1]] = max(self._highest[match[1]], int(match[2]))

    def learn(self, spans: Iterable[Span]) -> None:
        """Gives secrets their numbers in the order they come, and remembers those that are worth looking for."""
        for span in merge(spans):
            if span.literal is None:
                self._number(span)
                if len(self._known_secrets) >= MOST_KNOWN:
                    continue
                named = span.rule not in ("email", "host", "private-key")
                if self.settings.machines is not None and span.rule == "host":
                    named = len(span.secret) >= SHORTEST_HOST and not span.secret.isalpha()
                else:
                    named = named and _memorable(span.secret)
                if named:
                    self._remember(span.secret, span.rule)

    def _remember(self, secret: str, rule: str) -> None:
        if len(self._known_secrets) < MOST_KNOWN:
            self._known_secrets.setdefault(secret, rule)

    def _repeated(self, text: str) -> list[Span]:
        """Where known secrets stand, also without what gave them away elsewhere."""
        if len(self._known_secrets) > MANY:
            return list(find_given_secrets.many(text, self._known_secrets))
        spans: list[Span] = []
        for secret, rule in self._known_secrets.items():
            at = text.find(secret)
            while at >= 0:
                spans.append(Span(at, at + len(secret), rule, secret, rank=5))
                at = text.find(secret, at + len(secret))
        return spans

    def replace(self, text: str, spans: list[Span]) -> tuple[str, list[Finding]]:
        """Puts the markers in; `spans` are ordered and do not overlap."""
        if not spans:
            return text, []
        parts, at, findings = [], 0, []
        for span in spans:
            marker = span.literal or f"[redacted:{span.rule}:{self._number(span)}]"
            parts += [text[at : span.start], marker]
            at = span.end
            findings.append(Finding(span.rule, marker, span.start, span.end))
            if not span.more:
                self.findings[span.rule] += 1
        parts.append(text[at:])
        return "".join(parts), findings

    def _number(self, span: Span) -> int:
        key = (span.rule, span.secret)
        if key not in self._numbers:
            self._highest[span.rule] += 1
            self._numbers[key] = self._highest[span.rule]
        return self._numbers[key]

    def _personal(self, view: View) -> Iterator[Span]:
        settings, text = self.settings, view.text
        if settings.homes:
            yield from identity.homes(view)
            yield from self._names.find(text)
        if settings.emails:
            yield from identity.emails(view)
        if settings.hosts or settings.host_names:
            yield from identity.hosts(view, settings.host_names, settings.hosts)
        if settings.machines is not None:
            yield from machine_names.machines(view, settings.machines)

    def _own_spans(self, text: str) -> list[Span]:
        if not self._own:
            return []
        spans = self._own_as_written(text) + text_without_styling.spans(text, self._own_as_written)
        if self.settings.machines is not None and (blanked := text_without_styling.blanked(text)) != text:
            spans += self._own_as_written(blanked)
        return spans

    def _own_as_written(self, text: str) -> list[Span]:
        return [span for rule in self._own for span in rule.find(text) if not self._allowed(span, text)]

    def _allowed(self, span: Span, text: str) -> bool:
        if "[redacted:" in span.secret and span.literal is None and MARKER.search(span.secret):
            return True
        if not (self._allow or self.settings.allow_literals):
            return False
        shown = (span.secret, text[span.start : span.end])
        return any(
            each in self.settings.allow_literals or any(allow.fullmatch(each[:4096]) for allow in self._allow)
            for each in shown
        )

    def _batch(self, texts: list[str]) -> dict[int, list[Span]]:
        """The spans of those texts that have any, by their places in the list, found in one search over all of them."""
        view = View(SEPARATOR.join(texts))
        if too_many_labels.is_crowded(view):
            return self._crowded_batch(texts, view)
        if view.text.count("\x00") != 2 * (len(texts) - 1):
            return {at: spans for at, text in enumerate(texts) if (spans := self.spans(text))}
        return shared_out(texts, self._spans(view))

    def _crowded_batch(self, texts: list[str], view: View) -> dict[int, list[Span]]:
        """As `_batch`, with the texts withheld that have more labels than could be judged."""
        starts = starts_of(texts)[:-1]
        out = too_many_labels.crowded(
            view, starts, [start + len(text) for start, text in zip(starts, texts, strict=True)]
        )
        spans_by_text = self._batch(["" if at in out else text for at, text in enumerate(texts)])
        for at in out:
            spans_by_text[at] = list(too_many_labels.withheld(texts[at]))
            for word in too_many_labels.drawn_words(texts[at]):
                self._remember(word, "token")
        return spans_by_text


def redact_conversation(conversation: model.Conversation, redactor: Redactor) -> model.Conversation:
    """The conversation with every text of it redacted; ids of conversations, turns and commits stay.

    Raises `RedactionFailed` when anything at all goes wrong.
    """
    try:
        kept = withhold.rules(redactor.settings).apply(conversation)
        redacted = conversation_strings.reworked(kept, redactor.texts)
    except Exception as error:  # noqa: BLE001 - whatever it was, nothing may be stored
        raise RedactionFailed(_blame(conversation, error), hint="nothing of it was stored") from None
    if not isinstance(redacted, model.Conversation):
        raise RedactionFailed("redaction did not return a conversation")
    return redacted


def _secrets(view: View, depth: int = 0) -> list[Span]:
    """Secrets by shape, place and name; looks into base64 and hex twice at most."""
    spans = [
        *token_formats.find_broken(view),
        *pem.find(view),
        *url_and_http_credentials.find(view),
        *key_value_secrets.find(view),
    ]
    spans += [
        *headerless_keys.find(view),
        *key_fragments.find(view),
        *password_arguments.find(view),
        *positional_secrets.find(view),
        *mixed_case_secrets.find(view),
        *passwords_in_prose.find(view),
        *escaped_labels.find(view, passwords_in_prose.find),
        *recovery_phrases.find(view),
        *random_tokens.blobs(view),
        *generated_values.divided(view),
        *secret_printing_commands.find(view, withhold.names_secret_file),
    ]
    in_runs, runs = _in_runs(view)
    spans += in_runs
    spans += secrets_in_tables.beside(view.text, spans)
    spans += secrets_in_tables.manifests(view)
    if depth < 2:

        def inner(plain: str) -> list[Span]:
            inside = View(plain)
            if too_many_labels.is_crowded(inside, too_many_labels.FEWEST_INSIDE):
                return [Span(0, len(plain), "token", plain, rank=4)]
            return _secrets(inside, depth + 1)

        spans += [*encoded.find(view, runs, inner), *obfuscated_tokens.find(view, inner)]
        spans += [*hexadecimal_private_keys.find(view, inner), *key_dumps.find(view, inner)]
    return spans


def _in_runs(view: View) -> tuple[list[Span], list[tuple[int, int]]]:
    """Secrets in runs of the characters of tokens, and where the runs are that may hold some."""
    spans: list[Span] = []
    text = view.text
    runs: list[tuple[int, int]] = []
    hidden, most = 0, mixed_case_secrets.most_judged(text)
    for start, end in view.runs():
        run = text[start:end]
        if token_formats.is_dull(run) and not (
            (run.isalnum() and not run.isalpha())
            or text[start - 1 : start] in token_formats.LEADS
            or text[end : end + 1] in random_tokens.MORE
            or generated_values.may_hold(run)
        ):
            continue
        if hidden >= most:
            spans.append(Span(start, end, "token", run, rank=4))
            continue
        before = len(spans)
        runs.append((start, end))
        spans += token_formats.find_in_run(text, start, end)
        first = random_tokens.begin(text, start)
        spans += [
            *unprefixed_tokens.find(text, first, end),
            *headerless_keys.in_run(text, first, escaped=first > start),
            *hexadecimal_private_keys.in_run(text, first),
            *preceding_line.hexadecimal(text, first, end),
        ]
        if (unlisted := random_tokens.find(text, first, end, escaped=first > start)) is not None:
            spans.append(unlisted)
        elif (generated := generated_values.find(text, first, end)) is not None:
            spans.append(generated)
        if (whole := token_formats.whole_run(text, start, end)) is not None:
            spans.append(whole)
        hidden += len(spans) > before
    return spans, runs


def _memorable(secret: str) -> bool:
    return (
        SHORTEST_KNOWN <= len(secret) <= 4096
        and "\n" not in secret
        and plausible_secret.is_random(secret, SHORTEST_KNOWN)
    )


def _blame(conversation: model.Conversation, error: Exception) -> str:
    """Says where it went wrong without the error's own text, which may quote a secret."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    reason = error.message if isinstance(error, GitStoryError) else f"{type(error).__name__} at {place}"
    return f"could not remove secrets from {conversation.agent} conversation {conversation.id}: {reason}"
