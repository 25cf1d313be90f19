"""The bytes of stored records: JSON with a schema name, keys in a fixed order, defaults left out.

What comes from the store may be forged or torn: decoding checks types, bounds and that a record says the same name
as the place it was found at. Whatever fails is no record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct, structs

from gitstory.model import Call, Conversation, Edit, Story, Turn
from gitstory.store.record_paths import Tombstone

STORE_SCHEMA = "gitstory.store/1"
COMMIT_SCHEMA = Story(commit="").schema
CONVERSATION_SCHEMA = "gitstory.conversation/1"
TURN_SCHEMA = "gitstory.turn/1"
TOMBSTONE_SCHEMA = "gitstory.tombstone/1"

STORY_BOUND = 4 << 20
META_BOUND = 4 << 20
TURN_BOUND = 16 << 20
"""Bytes of a record; a bigger one is neither written nor read."""

BY_HAND = "[redacted:by-hand:"
"""How a marker begins that a person's own redaction left (`git story redact`)."""

_SCHEMA = re.compile(rb'\{"schema":"([a-z./0-9]{1,64})"[,}]')
"""The schema leads a record, so that nothing has to be parsed to know it."""

_LARGEST = 1 << 53
"""No count or line number is beyond this (JSON readers that use floats stay exact)."""

T = TypeVar("T")


class Meta(Struct, frozen=True, omit_defaults=True):
    """A stored conversation without its turns' content; `turns` names each (id, index) in order."""

    agent: str
    id: str
    title: str = ""
    places: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    started: float | None = None
    updated: float | None = None
    version: str = ""
    parent: str | None = None
    subagent: bool = False
    remotes: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    skipped: int = 0
    turns: tuple[tuple[str, int], ...] = ()
    times: Literal["recorded", "bounds"] = "recorded"
    from_plan: bool = False


_META_FIELDS = tuple(name for name in Meta.__struct_fields__ if name != "turns")


def meta_of(conversation: Conversation) -> Meta:
    """What is stored of a conversation beside its turns; sets are sorted, but for the first place."""
    fields = {name: getattr(conversation, name) for name in _META_FIELDS}
    for name in ("models", "remotes", "heads"):
        fields[name] = tuple(sorted(set(fields[name])))
    fields["places"] = first_kept(conversation.places)
    return Meta(**fields, turns=in_order((turn.id, turn.index) for turn in conversation.turns))


def conversation_of(meta: Meta, turns: Iterable[Turn]) -> Conversation:
    """A conversation as the rest of the program knows it, holding the turns given."""
    return Conversation(**{name: getattr(meta, name) for name in _META_FIELDS}, turns=tuple(turns))


def first_kept(places: tuple[str, ...]) -> tuple[str, ...]:
    """`places` without repeats: the first stays the first, the rest is sorted."""
    return places[:1] + tuple(sorted(set(places[1:]) - set(places[:1])))


def in_order(turns: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(turns, key=lambda turn: (turn[1], turn[0])))


def encode_record(record: Struct, schema: str) -> bytes:
    """Compact JSON, schema first; text that is no Unicode (a path of foreign bytes) becomes surrogate escapes."""
    try:
        data = msgspec.json.encode(record)
    except UnicodeEncodeError:
        import json

        data = json.dumps(_plain(record), ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode()
    return b'{"schema":"%s"%s%s' % (schema.encode(), b"," if len(data) > 2 else b"", data[1:])


def _plain(value: Any) -> Any:
    """A record as JSON has it, by hand: msgspec will not touch text that is no Unicode."""
    if isinstance(value, Struct):
        config = value.__struct_config__
        if config.array_like:
            return [_plain(getattr(value, name)) for name in value.__struct_fields__]
        fields = {config.tag_field: config.tag} if config.tag_field is not None else {}
        defaults = {field.name: field.default for field in structs.fields(type(value))}
        for name in value.__struct_fields__:
            field_value = getattr(value, name)
            if field_value != defaults[name] or type(field_value) is not type(defaults[name]):
                fields[name] = _plain(field_value)
        return fields
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def decode_record(data: bytes, kind: type[T], schema: str) -> T | None:
    """A record of one schema, or None for anything else."""
    if schema_of(data) != schema:
        return None
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        if b"\\ud" not in data and b"\\uD" not in data:
            return None
    import json

    try:
        return msgspec.convert(json.loads(data), kind)
    except (ValueError, RecursionError):
        return None


def schema_of(data: bytes) -> str:
    """The schema a record claims, "" where there is none to be read."""
    match = _SCHEMA.match(data)
    return match.group(1).decode() if match is not None else ""


def format_of(data: bytes) -> str:
    """The schema in `format.json`, which another program may write with other white space."""
    return schema_of(re.sub(rb"\s+", b"", data))


def encode_story(story: Story) -> bytes:
    """A story's record; one beyond the bound loses its line ranges first, then its files."""
    story = structs.replace(story, schema=COMMIT_SCHEMA)
    data = encode_record(story, COMMIT_SCHEMA)
    if len(data) > STORY_BOUND:
        bare = tuple(structs.replace(file, ranges=(), removed=()) for file in story.files)
        data = encode_record(structs.replace(story, files=bare), COMMIT_SCHEMA)
    if len(data) > STORY_BOUND:
        data = encode_record(structs.replace(story, files=()), COMMIT_SCHEMA)
    return data


def decode_story(data: bytes, commit: str) -> Story | None:
    story = decode_record(data, Story, COMMIT_SCHEMA)
    return story if story is not None and story.commit == commit and _sane_story(story) else None


def _sane_story(story: Story) -> bool:
    ranges = (piece for file in story.files for piece in (*file.ranges, *file.removed))
    counts = [count for file in story.files for count in (file.added, file.deleted)]
    counts += [link.lines for link in story.links]
    counts += [number for link in story.links for turn in link.turns for number in (turn.lines, turn.index)]
    return all(1 <= piece.start <= piece.end < _LARGEST for piece in ranges) and all(
        0 <= count < _LARGEST for count in counts
    )


def encode_meta(meta: Meta) -> bytes:
    return encode_record(meta, CONVERSATION_SCHEMA)


def decode_meta(data: bytes, agent: str | None = None, id: str | None = None) -> Meta | None:
    meta = decode_record(data, Meta, CONVERSATION_SCHEMA)
    if meta is None or agent not in (None, meta.agent) or id not in (None, meta.id):
        return None
    return meta if 0 <= meta.skipped < _LARGEST and all(0 <= index < _LARGEST for _, index in meta.turns) else None


def encode_turn(turn: Turn) -> bytes:
    """A turn's record, with of each edit only what `stored_edit` keeps; cut down where it is beyond the bound."""
    slim = structs.replace(turn, steps=tuple(_slim(step) for step in turn.steps))
    data = encode_record(slim, TURN_SCHEMA)
    for cut in (_without_output, _without_edits_and_input, _without_steps, _short_prompt):
        if len(data) <= TURN_BOUND:
            break
        slim = cut(slim)
        data = encode_record(slim, TURN_SCHEMA)
    return data


def decode_turn(data: bytes, id: str) -> Turn | None:
    turn = decode_record(data, Turn, TURN_SCHEMA)
    return turn if turn is not None and turn.id == id and 0 <= turn.index < _LARGEST else None


def taken_back(data: bytes) -> Tombstone:
    """The tombstone that buries this one text of a turn."""
    return Tombstone("content", (hashlib.sha256(data).hexdigest(),))


def title_taken_back(title: str) -> Tombstone:
    """The tombstone that buries this one title."""
    return taken_back(b"title\0" + title.encode("utf-8", "surrogatepass"))


def is_taken_back(data: bytes, turn: tuple[str, str, str], dead: Collection[str]) -> bool:
    """Whether this text of a turn (agent, conversation, id) must not be stored or returned."""
    if not dead:
        return False
    by_hand = BY_HAND.encode() not in data and Tombstone("redacted", turn).name in dead
    return by_hand or taken_back(data).name in dead


def living_title(meta: Meta, dead: Collection[str]) -> Meta:
    """The meta without a title that was erased."""
    if not dead or not meta.title:
        return meta
    by_hand = BY_HAND not in meta.title and Tombstone("redacted", (meta.agent, meta.id)).name in dead
    gone = by_hand or title_taken_back(meta.title).name in dead
    return structs.replace(meta, title="") if gone else meta


def stored_edit(edit: Edit) -> Edit:
    """What is kept of an edit: the patch and the names, not the whole texts a replay needed."""
    return structs.replace(edit, before=None, after=None, replacements=())


def _slim(step: Any) -> Any:
    if isinstance(step, Call) and step.edits:
        return structs.replace(step, edits=tuple(stored_edit(edit) for edit in step.edits))
    return step


def _on_calls(turn: Turn, change: Callable[[Call], Call]) -> Turn:
    return structs.replace(turn, steps=tuple(change(step) if isinstance(step, Call) else step for step in turn.steps))


def _without_output(turn: Turn) -> Turn:
    return _on_calls(turn, lambda call: structs.replace(call, output=""))


def _without_edits_and_input(turn: Turn) -> Turn:
    return _on_calls(turn, lambda call: structs.replace(call, input=call.input[:1000], edits=()))


def _without_steps(turn: Turn) -> Turn:
    return structs.replace(turn, steps=())


def _short_prompt(turn: Turn) -> Turn:
    return structs.replace(turn, prompt=turn.prompt[: 1 << 20])
