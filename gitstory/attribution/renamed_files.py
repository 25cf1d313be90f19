"""Finding the file that some text was written in, when it is found under another name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gitstory.attribution.file_replay import FileReplay
from gitstory.attribution.line_ids import LineId, weight, weights
from gitstory.git.changed_files import suffix

Place = tuple[str, str]
"""(path, root)."""

LEAST_MOVED = 12
"""What a file must weigh to be recognised; two lines of some 30 letters do."""
LEAST_WHOLE = 4
"""The same for a file whose every line is the other's: what links a conversation by one line elsewhere."""
_SHARE = 0.5
"""The share of a file's weight that must come from one other file: what git asks of a rename."""
_MOST_PLACES = 8
"""A line that is in more files than this is not distinctive."""


class Whereabouts:
    """Which files' edits added a line. Built when first asked, as most commits move nothing; then kept up to date."""

    def __init__(self) -> None:
        self._weaves: dict[Place, FileReplay] = {}
        self._suffixes: dict[str, set[str]] = {}
        self._fresh: set[Place] = set()
        self._places: dict[LineId, list[Place]] = {}
        self._upto: dict[Place, int] = {}

    def note(self, path: str, root: str, weave: FileReplay) -> None:
        """An edit was replayed on this file."""
        self._weaves[path, root] = weave
        self._fresh.add((path, root))
        self._suffixes.setdefault(suffix(path), set()).add(path)

    def any_like(self, path: str) -> bool:
        """Whether there is another file of this kind at all."""
        return bool(self._suffixes.get(suffix(path), set()) - {path})

    def of(self, lines: Sequence[LineId], path: str) -> FileReplay | None:
        """The replay of another file of this kind to which edits added most of `lines`."""
        total = weights(lines)
        if total < LEAST_MOVED or not self.any_like(path):
            return None
        self._learn()
        scores: Counter[Place] = Counter()
        for line in lines:
            places = self._places.get(line, ())
            for place in places if len(places) <= _MOST_PLACES else ():
                scores[place] += weight(line)
        like = [(n, place) for place, n in scores.items() if place[0] != path and suffix(place[0]) == suffix(path)]
        score, place = max(like, default=(0, ("", "")))
        return self._weaves[place] if like and score >= _SHARE * total else None

    def twin(self, lines: Sequence[LineId], path: str) -> FileReplay | None:
        """The replay of the one other file of this kind that holds exactly `lines` now."""
        if weights(lines) < LEAST_WHOLE or not self.any_like(path):
            return None
        same = [
            weave
            for (other, _), weave in self._weaves.items()
            if weave.lines is not None
            and len(weave.lines) == len(lines)
            and other != path
            and suffix(other) == suffix(path)
            and weave.lines == list(lines)
        ]
        return same[0] if len(same) == 1 else None

    def _learn(self) -> None:
        for place in self._fresh:
            added = self._weaves[place].added
            for line in added.since(self._upto.get(place, 0)):
                places = self._places.setdefault(line, [])
                if weight(line) and len(places) <= _MOST_PLACES and place not in places:
                    places.append(place)
            self._upto[place] = len(added)
        self._fresh.clear()
