"""Texts as vectors that point the same way where they mean alike. Needs the extra `semantic`.

The model is WordLlama's `l2_supercat`: a vector of 256 numbers for each of 32,000 pieces of words, distilled from
large models' token tables; a text is the mean of its pieces. It is two files inside of an installed package, which are
read from its files: that package is not imported, and nothing that is could reach a network.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = "NDArray[np.float32]"
    Embed: TypeAlias = Callable[[Sequence[str]], Floats]

_PACKAGE = "wordllama"
_WEIGHTS = "weights/l2_supercat_256.safetensors"
_PIECES = "tokenizers/l2_supercat_tokenizer_config.json"
_AT_ONCE = 32
"""Texts whose pieces are in memory together."""
SCALE = 254
"""What a number of a vector of length 1 is multiplied by to be kept in a byte: none seen is beyond 0.35 of at most 0.5,
and cosines come out within 0.007 of what they are."""


class NotInstalled(GitStoryError):
    """The extra is not there, or is damaged."""

    exit_code = 2


class Embedder(NamedTuple):
    """`embed` makes one row for each text, of length 1, or 0 where the text says nothing.

    `name` stands for the model: vectors of different models cannot be compared.
    """

    name: str
    embed: Embed


def install_command(prefix: Path | None = None, extra: str = "semantic") -> str:
    """What installs an extra in the way gitstory itself was: by pipx, by uv, or by pip. `prefix` is Python's own."""
    prefix = prefix or Path(sys.prefix)
    package = f'"gitstory-cli[{extra}]"'
    if (prefix / "pipx_metadata.json").is_file():
        return f"pipx install --force {package}"
    if (prefix / "uv-receipt.toml").is_file():
        return f"uv tool install {package}"
    return f"pip install {package}"


def load() -> Embedder:
    """The model. Raises `NotInstalled`."""
    from importlib.util import find_spec

    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise NotInstalled("semantic search needs a model that is not installed", hint=install_command())
    folder = Path(spec.origin).parent
    try:
        return _loaded(folder)
    except (ImportError, OSError) as error:
        raise NotInstalled(f"the model of semantic search cannot be loaded: {error}", hint=install_command()) from error


def _loaded(folder: Path) -> Embedder:
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    try:
        (weights,) = load_file(folder / _WEIGHTS).values()
        # Read here, since its own reading raises nothing narrower than Exception where there is no file.
        pieces = Tokenizer.from_str((folder / _PIECES).read_text(encoding="utf-8"))
    except (SafetensorError, ValueError) as error:
        raise OSError(str(error)) from error
    pieces.no_padding()
    pieces.no_truncation()
    table = weights.astype(np.float32)

    def embed(texts: Sequence[str]) -> Floats:
        vectors = np.zeros((len(texts), table.shape[1]), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            encoded = pieces.encode_batch_fast(list(texts[start : start + _AT_ONCE]), add_special_tokens=False)
            for at, encoding in enumerate(encoded, start):
                if encoding.ids:
                    vectors[at] = table[encoding.ids].mean(axis=0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        lengths[lengths == 0] = 1
        vectors /= lengths
        return vectors

    return Embedder(f"{_WEIGHTS} {(folder / _WEIGHTS).stat().st_size}", embed)


def kept(vector: Floats) -> bytes:
    """A vector of length 1 as it is stored: a byte for each number; nothing for one of length 0."""
    import numpy as np

    if not vector.any():
        return b""
    data: bytes = np.clip(np.rint(vector * SCALE), -127, 127).astype(np.int8).tobytes()
    return data


def cosines(stored: NDArray[np.int8], vector: Floats) -> Floats:
    """How near each row of stored vectors is to one of length 1."""
    import numpy as np

    scores: Floats = (stored.astype(np.float32) @ vector) / np.float32(SCALE)
    return scores
