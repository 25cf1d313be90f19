"""What an agent's tools are called and how they name their arguments, as a table; and what a call of one of them did.

A reader has its table. Where calls and their results stand in a store, and what a result says, is the reader's part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal, cast

from msgspec import Struct

from gitstory.agents.conversation_builder import CallDraft, Draft, changed
from gitstory.agents.json_values import compact, cut, either, first, mapping, mappings, text
from gitstory.effects import patches
from gitstory.model import Edit, Replacement

Action = Literal["shell", "patch", "new", "create", "write", "replace", "insert", "delete", "name", ""]
"""`shell` runs a command and `patch` applies an `apply_patch` text. `new` and `create` make a file with a whole text,
`create` perhaps over one that is there; `write` gives one that may be there a whole text. `replace` puts texts in the
place of others, `insert` lines where that is not known. Of what `name` does, the file alone is known."""


def tools(**names: tuple[str, ...]) -> Mapping[str, Action]:
    """The tools with these `names`, by what they do."""
    return {name: cast("Action", action) for action, several in names.items() for name in several}


class ToolTable(Struct, frozen=True):
    """Tools by name, and the names of their arguments, each with the first that has a text winning."""

    actions: Mapping[str, Action]
    shown: tuple[str, ...] = ()
    """Arguments that say most of a call."""
    command: tuple[str, ...] = ("command",)
    folder: tuple[str, ...] = ()
    """The directory a call is made in."""
    path: tuple[str, ...] = ("path",)
    patch: tuple[str, ...] = ("input", "patch")
    whole: tuple[str, ...] = ("content",)
    lists: tuple[str, ...] = ("edits",)
    """Several replacements of one call, each with the following arguments."""
    old: tuple[str, ...] = ("old_string",)
    new: tuple[str, ...] = ("new_string",)
    everywhere: tuple[str, ...] = ("replace_all",)
    empty: Literal["drop", "keep", "new", "write"] = "drop"
    """What a replacement of no text does: nothing that is known, what it says, or it makes or writes the file."""
    named: bool = True
    """Whether a replacement whose texts are not known changed its file all the same."""
    plain: Callable[[str], str] = str
    """A tool's name without what differs from call to call."""

    def action(self, tool: str) -> Action:
        return self.actions.get(self.plain(tool), "")

    def requested(
        self, tool: str, ident: str, given: dict[str, Any], cwd: str | None, time: float | None = None, raw: str = ""
    ) -> CallDraft:
        """A call as the model made it, in `cwd` where it names no directory; `raw` is shown where no argument is."""
        shown = patches.summary(first(given, self.patch)) or first(given, self.shown) or raw
        place = first(given, self.folder)
        return CallDraft(
            tool,
            ident,
            cut(shown or (compact(given) if given else "")),
            time=time,
            cwd=patches.absolute(place, cwd) if place else cwd,
            arguments=given,
        )

    def call(self, draft: Draft, tool: str, ident: str, given: dict[str, Any], time: float | None = None) -> CallDraft:
        """Note a call in the conversation."""
        return draft.call(self.requested(tool, ident, given, draft.cwd, time))

    def answer(
        self,
        draft: Draft,
        blocks: Iterable[Mapping[str, Any]],
        time: float | None = None,
        quiet: Collection[object] = (),
        key: str = "input",
    ) -> None:
        """Note the content blocks of an answer; `key` has the arguments of calls. Blocks of other types than the
        `quiet` ones count as not understood."""
        for block in blocks:
            if block.get("type") in ("tool_use", "toolCall"):
                self.call(draft, text(block.get("name")), text(block.get("id")), mapping(block.get(key)), time)
            elif not draft.answer(block, time):
                draft.skipped += block.get("type") not in quiet

    def close(
        self,
        call: CallDraft,
        output: str,
        failed: bool,
        *,
        action: Action | None = None,
        ran: bool = True,
        printed: str | None = None,
        diff: str = "",
        everywhere: bool = False,
    ) -> None:
        """Note a call's result: what it printed and whether it failed.

        Where more is known: the `action`, if the tool's name does not tell it; whether a command was `ran` at all, and
        what it `printed` itself; the `diff` that the result shows; whether texts were replaced `everywhere`.
        """
        action = self.action(call.tool) if action is None else action
        call.close(output, failed)
        if action == "shell":
            if ran:
                call.ran(call.argument(*self.command), output if printed is None else printed, failed)
        elif not failed:
            call.edits = self.edits(call, action, diff, everywhere)

    def edits(self, call: CallDraft, action: Action, diff: str = "", everywhere: bool = False) -> tuple[Edit, ...]:
        """What a call changed that was carried out. A `diff` says where its lines stand, which arguments do not."""
        if action == "patch":
            return patches.edits(call.argument(*self.patch), call.cwd, time=call.time)
        path = call.path(*self.path)
        return self.edits_of(action, path, call.arguments, call.time, diff, everywhere) if path else ()

    def edits_of(
        self,
        action: Action,
        path: str,
        given: Mapping[str, Any],
        time: float | None = None,
        diff: str = "",
        everywhere: bool = False,
    ) -> tuple[Edit, ...]:
        """The same of an action on the file at `path`."""
        if action == "replace":
            if hunks := patches.hunks(diff):
                return (Edit(path, hunks=hunks, time=time),)
            return self._replaced(path, self.pairs(given, everywhere), time)
        if action == "delete":
            return (Edit(path, "delete", time=time),)
        if action == "name":
            return (Edit(path, time=time),)
        words = either(given, *(self.new if action == "insert" else ()), *self.whole)
        if words is None or action in ("", "shell", "patch"):
            return ()
        if action == "insert":
            return (patches.inserted(path, words.replace("\r\n", "\n"), time=time),)
        if action == "create":
            return (Edit(path, "create", after=words, time=time),)
        return (changed(path, "" if action == "new" else None, words, time),)

    def _replaced(self, path: str, pairs: tuple[Replacement, ...], time: float | None) -> tuple[Edit, ...]:
        if self.empty in ("new", "write") and len(pairs) == 1 and not pairs[0].old:
            return (changed(path, "" if self.empty == "new" else None, pairs[0].new, time),)
        return (Edit(path, replacements=pairs, time=time),) if pairs or self.named else ()

    def pairs(self, given: Mapping[str, Any], everywhere: bool = False) -> tuple[Replacement, ...]:
        """The replacements that a call asks for; one that changes nothing is left out."""
        listed = next((several for name in self.lists if (several := mappings(given.get(name)))), [given])
        pairs: list[Replacement] = []
        for fields in listed:
            old, new = either(fields, *self.old), either(fields, *self.new)
            if old is None and self.empty in ("new", "write"):
                old = ""
            if old is not None and new is not None and old != new and (old or self.empty != "drop"):
                pairs.append(
                    Replacement(old, new, everywhere or any(fields.get(name) is True for name in self.everywhere))
                )
        return tuple(pairs)
