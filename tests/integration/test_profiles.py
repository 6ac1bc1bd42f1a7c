"""Profiles in real runs: the prompt that is sent, the cells that run, how much a prompt gets, what the result says."""

from dataclasses import replace
from typing import Any

import pytest

from langchain_rlm import RLM, Profile
from langchain_rlm.context.load import load_corpus
from langchain_rlm.journal.reading import begun
from langchain_rlm.journal.record import as_recording
from langchain_rlm.runtime.replay import Replay
from tests.server.client import ModelServer

ASKED: Any = {"question": "What is it?", "context": "It is a kettle. " * 20}


def cell(code: str, fence: str = "repl") -> str:
    return f"```{fence}\n{code}\n```"


def rlm(server: ModelServer, name: str, *replies: str, **settings: Any) -> RLM:
    server.configure(models={name: {"kind": "script", "replies": [*replies]}})
    return RLM(server.chat_model(name), route="rlm", **settings)


def replay(result: Any) -> None:
    again = Replay(as_recording(result), load_corpus(ASKED["context"]), lambda _: None)
    again.run()
    assert again.is_answered


@pytest.mark.parametrize(
    ("model", "profile"), [("qwen-1.5b", "small"), ("gpt-5", "reasoning"), ("rlm-qwen3-8b", "rlm"), ("x", "default")]
)
def test_the_prompt_is_that_of_the_model_and_the_result_says_which(
    model_server: ModelServer, model: str, profile: str
) -> None:
    result = rlm(model_server, model, cell("answer['content'] = 'a kettle'\nanswer['ready'] = True")).invoke(ASKED)
    assert (result["answer"], result["profile"]) == ("a kettle", profile)
    sent = model_server.log()[0]
    assert sent["messages"][0]["content"] == Profile.named(profile).prompt(sub_calls=True, recursion=False, text=True)
    assert "temperature" not in sent


def test_only_blocks_of_the_accepted_fences_are_cells_in_the_run_and_in_its_replay(model_server: ModelServer) -> None:
    """A model trained for RLM shows code in other blocks that it does not mean to run."""
    both = cell("FINAL('no')", "python") + "\n" + cell("x = 'a kettle'\nprint(x)")
    result = rlm(model_server, "rlm-qwen3-8b", cell("FINAL('no')", "python"), both, "FINAL_VAR(x)").invoke(ASKED)
    assert (result["answer"], result["turns"], begun(result["journal"])["fences"]) == ("a kettle", 3, [])
    replay(result)
    own = replace(Profile.named("default"), fences=("python",))
    replies = both.replace("python", "py"), cell("FINAL('yes')", "python")
    taken = rlm(model_server, "x", *replies, profile=own).invoke(ASKED)
    assert (taken["answer"], taken["turns"]) == ("yes", 2)


def test_a_map_has_as_many_items_a_prompt_as_the_profile_says_also_when_replayed(model_server: ModelServer) -> None:
    code = cell("FINAL(str(llm_map(['a', 'b', 'c', 'd', 'e'], 'Say it.')))")
    model_server.configure(models={"x": {"kind": "script", "replies": [code]}, "leaf": {"kind": "echo"}})
    own = replace(Profile.named("default"), batch=5, name="mine")
    made = RLM(model_server.chat_model("x"), model_server.chat_model("leaf"), route="rlm", profile=own)
    result = made.invoke(ASKED)
    first = next(entry for entry in result["journal"] if entry["kind"] == "asked")
    assert (len(first["calls"]), begun(result["journal"])["batch"], result["profile"]) == (1, 5, "mine")
    replay(result)
