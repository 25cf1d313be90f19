"""Files that are damaged in a way of their own."""

from __future__ import annotations


def endless_row() -> bytes:
    """A database whose definition of a table says to be 4 GB long: some versions of SQLite then run out of memory.

    A page of a table's rows (13 at 100) with four of them, the third (at 545) with that length.
    """
    page = bytearray(557)
    page[:16] = b"SQLite format 3\0"
    page[16:24] = bytes([4, 0, 0, 0, 0, 64, 32, 32])
    page[100:116] = bytes([13, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 189, 2, 33, 3, 0])
    page[545:549] = b"\xff\xff\xff\xff"
    page[551], page[556] = 114, 101
    return bytes(page)
