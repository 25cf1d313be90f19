"""A model for the library `llm` that answers without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def fake_model(answer: str) -> Iterator[list[str]]:
    """Register `fake-for-tests`, which gives `answer`, or fails where the prompt says `fail`; gives what it is asked.

    Skips the test where the extra `llm` is not installed.
    """
    llm = pytest.importorskip("llm")
    prompts: list[str] = []

    class Fake(llm.Model):  # type: ignore[misc, name-defined]
        model_id = "fake-for-tests"

        def execute(self, prompt: Any, stream: bool, response: Any, conversation: Any) -> Iterator[str]:
            prompts.append(prompt.prompt)
            if prompt.prompt == "fail":
                raise RuntimeError("no key\nand more")
            yield answer

    class Plugin:
        @staticmethod
        @llm.hookimpl  # type: ignore[untyped-decorator]
        def register_models(register: Any) -> None:
            register(Fake())

    llm.plugins.pm.register(Plugin, name="gitstory-test")
    try:
        yield prompts
    finally:
        llm.plugins.pm.unregister(name="gitstory-test")
