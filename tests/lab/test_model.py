"""The scripted model itself; needs no agent, so it always runs."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.lab.model import Model
from tests.lab.plan import Block, Reply, ToolCall, choose, nth_reply

REPLIES = (
    Reply("two at once", calls=(ToolCall("Read", {"file_path": "a"}), ToolCall("Read", {"file_path": "b"}))),
    Reply("one", calls=(ToolCall("Bash", {"command": "true"}),)),
    Reply("end"),
)


def post(model: Model, path: str, body: dict[str, Any]) -> str:
    request = urllib.request.Request(f"{model.url}{path}", json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize(("results", "text"), [(0, "two at once"), (2, "one"), (3, "end"), (9, "end")])
def test_reply_follows_the_number_of_results(results: int, text: str) -> None:
    assert nth_reply(REPLIES, results).text == text


def test_only_results_after_the_last_prompt_count() -> None:
    history = [Block("text", "first"), Block("result"), Block("text", "second"), Block("other"), Block("result")]
    plan = {"first": [Reply("no")], "second": [Reply("no", calls=(ToolCall("Bash"),)), Reply("yes")]}
    assert choose(plan, history) == ("second", plan["second"][1])


def test_text_around_the_prompt_is_not_the_prompt() -> None:
    assert choose({"go": [Reply("x")]}, [Block("text", "Make a title for: go")]) is None


def test_messages_are_streamed_and_whole() -> None:
    asked = {"model": "m", "tools": [{}], "messages": [{"role": "user", "content": "go"}]}
    with Model({"go": REPLIES}) as model:
        whole = json.loads(post(model, "/v1/messages?beta=true", asked))
        streamed = post(model, "/v1/messages", {**asked, "stream": True})
    assert [block["type"] for block in whole["content"]] == ["text", "tool_use", "tool_use"]
    assert whole["stop_reason"] == "tool_use"
    events = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: ")]
    pieces = [event["delta"]["partial_json"] for event in events if "partial_json" in event.get("delta", {})]
    assert "".join(pieces) == '{"file_path": "a"}{"file_path": "b"}'
    assert events[-1] == {"type": "message_stop"}


def test_request_without_tools_is_an_aside() -> None:
    with Model({"go": REPLIES}) as model:
        said = json.loads(post(model, "/v1/messages", {"messages": [{"role": "user", "content": "go"}]}))
    assert said["content"] == [{"type": "text", "text": "Lab session"}]
    assert model.asked[0].prompt is None


def test_a_model_in_words_answers_without_tools() -> None:
    asked = {"messages": [{"role": "user", "content": "go"}]}
    other = {"messages": [{"role": "user", "content": "Make a commit message for: go"}]}
    with Model({"go": [Reply("end")]}, in_words=True) as model:
        told = [json.loads(post(model, "/v1/chat/completions", body)) for body in (asked, other)]
    assert [one["choices"][0]["message"]["content"] for one in told] == ["end", "Lab session"]
    assert [one.prompt for one in model.asked] == ["go", None]


def test_responses_are_streamed() -> None:
    items = [{"role": "user", "content": [{"type": "input_text", "text": "go"}]}]
    items += [{"type": "function_call_output", "call_id": name, "output": ""} for name in ("c1", "c2")]
    with Model({"go": REPLIES}) as model:
        streamed = post(model, "/v1/responses", {"tools": [{}], "input": items})
    events = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: ")]
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert [item["type"] for item in done] == ["message", "function_call"]
    assert json.loads(done[1]["arguments"]) == {"command": "true"}
    assert events[-1]["response"]["output"] == done


def test_failure_in_a_callback_reaches_the_test() -> None:
    def fail() -> None:
        raise ValueError("seen")

    asked = {"tools": [{}], "messages": [{"role": "user", "content": "go"}]}
    with Model({"go": [Reply("x", before=fail)]}) as model:
        with pytest.raises(urllib.error.HTTPError, match="400"):
            post(model, "/v1/messages", asked)
        with pytest.raises(ValueError, match="seen"):
            model.check()
