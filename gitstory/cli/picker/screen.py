"""The picker's screen: a line to type on, the list, a preview beside or below it, and what the keys do.

Loaded only by `pick`. Text is handed to prompt-toolkit as plain fragments, never as its HTML or ANSI markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from prompt_toolkit.application import Application
from prompt_toolkit.application.current import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Point
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import (
    AnyContainer,
    BufferControl,
    Container,
    Dimension,
    DynamicContainer,
    FormattedTextControl,
    HSplit,
    Layout,
    VSplit,
    Window,
)
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from gitstory.cli.picker.choices import Choice, Piece, Source, lines, row
from gitstory.errors import GitStoryError
from gitstory.text.console import neutralise_line

T = TypeVar("T")

_STYLE = Style.from_dict(
    {
        "bold": "bold",
        "dim": "ansibrightblack",
        "id": "ansiyellow",
        "mark": "bold ansired",
        "added": "ansigreen",
        "removed": "ansired",
        "cursor-line": "nounderline reverse",
        "rule": "ansibrightblack",
    }
)
_BESIDE, _BELOW = 96, 14
"""Columns from which the preview stands beside the list, and lines from which it stands below."""
_ESCAPE = 0.05
"""Seconds after Escape in which a terminal would have sent the rest of a key."""


class Screen(Generic[T]):
    """One picking. The list is queried again at every change of the line."""

    def __init__(
        self,
        source: Source[T],
        preview: Callable[[T], Iterable[Piece]] | None,
        label: str,
        verb: str,
        many: bool,
    ) -> None:
        self.source, self.preview, self.label, self.verb, self.many = source, preview, label, verb, many
        self.rows: Sequence[Choice[T]] = ()
        self.at = 0
        self.shift = 0
        self.marked: dict[str, T] = {}
        self.problem = ""
        self._previewed: tuple[str, list[list[Piece]]] | None = None
        self._requested = Buffer(multiline=False, on_text_changed=lambda _: self._ask())
        self._list = Window(
            FormattedTextControl(self._rows, get_cursor_position=lambda: Point(0, self.at)),
            cursorline=True,
            always_hide_cursor=True,
            height=Dimension(min=1, weight=1),
            width=Dimension(weight=1),
        )
        self._preview = Window(
            FormattedTextControl(self._preview_text),
            wrap_lines=True,
            always_hide_cursor=True,
            height=Dimension(min=1, weight=1),
            width=Dimension(weight=1),
        )

    def run(self, query: str, *, color: bool) -> list[T] | None:
        app: Application[list[T] | None] = Application(
            Layout(self._layout(), focused_element=self._requested),
            key_bindings=self._keys(),
            style=_STYLE,
            full_screen=True,
            color_depth=None if color else ColorDepth.DEPTH_1_BIT,
        )
        app.ttimeoutlen = app.timeoutlen = _ESCAPE
        self._requested.document = Document(query, len(query))
        if not query:
            self._ask()
        return app.run()

    # --- what is shown ---

    def _layout(self) -> Container:
        label = f"{self.label}: "
        asking = VSplit(
            [
                Window(FormattedTextControl([("class:bold", label)]), width=len(label), height=1),
                Window(BufferControl(self._requested), height=1),
            ]
        )
        status = Window(FormattedTextControl(self._status), height=1, style="class:dim")
        return HSplit([asking, DynamicContainer(self._body), status])

    def _body(self) -> AnyContainer:
        size = get_app().output.get_size()
        if self.preview is None:
            return self._list
        if size.columns >= _BESIDE:
            return VSplit([self._list, Window(width=1, char="|", style="class:rule"), self._preview], padding=0)
        if size.rows >= _BELOW:
            return HSplit([self._list, Window(height=1, char="-", style="class:rule"), self._preview])
        return self._list

    def _rows(self) -> StyleAndTextTuples:
        if not self.rows:
            return [("class:dim", self.problem or "  nothing found")]
        fragments: StyleAndTextTuples = []
        for number, choice in enumerate(self.rows):
            fragments.append(("", ("\n" if number else "") + ("> " if number == self.at else "  ")))
            if self.many:
                fragments.append(("class:bold", "[x] " if choice.key in self.marked else "[ ] "))
            fragments += [_styled(piece) for piece in row(choice.line)]
        return fragments

    def _preview_text(self) -> StyleAndTextTuples:
        if self.preview is None or not self.rows:
            return []
        choice = self.rows[self.at]
        if self._previewed is None or self._previewed[0] != choice.key:
            self._previewed = choice.key, lines(self.preview(choice.value))
        whole = self._previewed[1]
        self.shift = min(self.shift, max(0, len(whole) - 1))
        return [_styled(piece) for line in whole[self.shift :] for piece in (*line, ("", "\n"))]

    def _status(self) -> str:
        count = f"{len(self.rows)} found" if not self.many else f"{len(self.marked)} of {len(self.rows)} marked"
        keys = ["tab: mark"] if self.many else []
        keys += [f"enter: {self.verb}", "esc: leave"]
        keys += ["shift-up/down: scroll"] if self.preview is not None else []
        return "  ".join([count, *keys])

    # --- what happens ---

    def _ask(self) -> None:
        self.problem = ""
        try:
            self.rows = self.source(self._requested.text)
        except GitStoryError as error:
            self.rows, self.problem = (), neutralise_line(error.message)
        except Exception as error:
            app = get_app()
            if not app.is_running:
                raise
            _end(app, exception=error)  # prompt-toolkit would show it and wait; it belongs to the caller
        self.at = self.shift = 0
        self._previewed = None

    def _move(self, by: int) -> None:
        self.at = max(0, min(len(self.rows) - 1, self.at + by))
        self.shift = 0

    def _page(self) -> int:
        shown = self._list.render_info
        return max(1, shown.window_height - 1) if shown is not None else 10

    def _mark(self) -> None:
        if self.rows:
            choice = self.rows[self.at]
            if self.marked.pop(choice.key, None) is None:
                self.marked[choice.key] = choice.value
            self._move(1)

    def _mark_all(self) -> None:
        shown = {one.key: one.value for one in self.rows}
        if shown.keys() <= self.marked.keys():
            self.marked = {key: value for key, value in self.marked.items() if key not in shown}
        else:
            self.marked |= shown

    def _chosen(self) -> list[T]:
        return list(self.marked.values()) or [self.rows[self.at].value]

    def _scroll(self, by: int) -> None:
        self.shift = max(0, self.shift + by)

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        def bind(act: Callable[[], object], *names: str) -> None:
            for name in names:
                keys.add(name, eager=True)(lambda _: act())

        bind(lambda: self._move(-1), "up", "c-p")
        bind(lambda: self._move(1), "down", "c-n")
        bind(lambda: self._move(-self._page()), "pageup")
        bind(lambda: self._move(self._page()), "pagedown")
        bind(lambda: self._move(-len(self.rows)), "c-home")
        bind(lambda: self._move(len(self.rows)), "c-end")
        bind(lambda: self._scroll(-3), "s-up")
        bind(lambda: self._scroll(3), "s-down")
        if self.many:
            bind(self._mark, "tab")
            bind(self._mark_all, "c-a")

        @keys.add("enter")
        def accept(event: KeyPressEvent) -> None:
            if self.rows or self.marked:
                _end(event.app, result=self._chosen())

        @keys.add("escape")
        def leave(event: KeyPressEvent) -> None:
            _end(event.app, result=None)

        @keys.add("c-c")
        @keys.add("<sigint>")
        def interrupt(event: KeyPressEvent) -> None:
            _end(event.app, exception=KeyboardInterrupt())

        return keys


def _styled(piece: Piece) -> Piece:
    return (f"class:{piece[0]}" if piece[0] else "", piece[1])


def _end(app: Application[Any], **outcome: Any) -> None:
    """Leave the screen, unless a key that was typed just before has ended it already."""
    if not app.is_done:
        app.exit(**outcome)
