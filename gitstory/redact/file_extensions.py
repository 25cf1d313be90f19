"""Ends of names of files, by which a random word is the name of a file and not a token."""

from __future__ import annotations

import re

from gitstory.redact import domains

_END = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,11})\Z")
_ENDS = frozenset(
    """
    a apk asc atom avif avro bak bat bin bmp bz2 c cache cc cfg cjs class cmd conf cpp crate crt cs css csv cts d dat db
    dbf deb der diff dll dmg doc docx dylib el elc eot env ex exe exs f90 fish flac gem gif git go gpg gz h hcl hpp hs
    html htm ico idx img ini ipynb iso jar java jpeg jpg js json json5 jsonl jsx jxl key kt kts less lock log lua lz4 m
    m3u8 m4a map md mdx mjs mkv mm mo mov mp3 mp4 mpd msi mts ndjson nix node npz npy o odt ogg onnx otf out output pack
    parquet patch pb pdf pem pgp pid pkl php pl plist png po ppt pptx profraw proto ps1 psd pt pth py pyc pyd pyi pyx r
    rar rb rcgu rev rlib rmeta rpm rs rst s sass scss sh sig so sock sql sqlite sqlite3 srt sum svelte svg swift swp tar
    tf tfstate tfvars tgz tif tiff tmp toml ts tsbuildinfo tsv tsx ttf txt vtt vue wasm wav webm webmanifest webp whl
    wmv woff woff2 xls xlsx xml xz yaml yml zip zst
    """.split()  # noqa: SIM905 - read as prose, not as a column
)


def is_file(value: str) -> bool:
    """Whether `value` ends as the name of a file or of a host does."""
    end = _END.search(value)
    if end is None:
        return False
    last = end[1].lower()
    return last in _ENDS or (value.count(".") > 1 and end[1].islower() and last in domains.top_domains())
