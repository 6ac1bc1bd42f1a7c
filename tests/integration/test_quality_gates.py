"""What must hold before a figure of the simulated reader is told: it sees no right answer, and orders mean nothing.

Over real HTTP with `ChatOpenAI`. Without mistakes each method is right wherever it can be; a method that loses what
leads from one piece to the next loses it here, too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from langchain_openai import ChatOpenAI

from benchmarks.quality.reading import read
from benchmarks.quality.rot import CURVES, PUBLISHED, Curve, Luck
from benchmarks.quality.simulated import simulated
from langchain_rlm import RLM, Budget
from langchain_rlm.testing.quality.task import Task
from langchain_rlm.testing.quality.tasks import KINDS, drawn, make

SIZE = 4_000
MODELS: dict[str, Any] = {
    "root": {}, "sub": {}, "errs": {"rot": "gpt-5-nano"}, "narrow": {"window": 500}, "brief": {"max_output": 4},
}  # fmt: skip
WHOLE = "Answer the question from the text.\n\n<text>\n{}\n</text>\n\nQuestion: {}"
MAP = "{1}\n\nThis is a part of a longer text. Note what bears on the question.\n\n{0}"
REDUCE = "Notes on a long text:\n{}\n\nGive the final answer from these notes.\n\nQuestion: {}"
NEVER = Curve(0, 0, 1, 1)
SLOW_SIZES = [pytest.param(tokens, marks=pytest.mark.slow) for tokens in (64_000, 128_000, 256_000)]
ALL = [(kind, is_searchable) for kind in KINDS for is_searchable in (True, False)]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with simulated(MODELS, seed=3, rot="off") as url:
        yield url


def model(url: str, name: str) -> ChatOpenAI:
    closed = {"Connection": "close"}  # each test has an event loop of its own
    return ChatOpenAI(model=name, base_url=url, api_key="test", max_retries=0, default_headers=closed)  # type: ignore[arg-type]


def text_of(context: str | Mapping[str, str]) -> str:
    return context if isinstance(context, str) else "\n\n".join(f"=== {name} ===\n{context[name]}" for name in context)


def whole(task: Task) -> str:
    return WHOLE.format(text_of(task.context), task.question)


async def replies(url: str, name: str, prompts: list[str], at_once: int = 8) -> list[str]:
    asked = await model(url, name).abatch([*prompts], {"max_concurrency": at_once})
    return [reply.text for reply in asked]


async def test_one_call_is_right_without_mistakes_and_for_its_own_task_alone(url: str) -> None:
    tasks = [make(kind, 1, SIZE, is_searchable) for kind, is_searchable in ALL]
    others = [make(kind, 5, SIZE, is_searchable) for kind, is_searchable in ALL]
    said = await replies(url, "sub", [whole(task) for task in tasks])
    for task, other, reply in zip(tasks, others, said, strict=True):
        assert task.score(reply) == 1, task.kind
        if task.gold != other.gold:
            assert replace(task, gold=other.gold).score(reply) < 1
    shuffled = [
        replace(task, gold=other.gold).score(reply) for task, other, reply in zip(tasks, others, said, strict=True)
    ]
    assert sum(shuffled) / len(shuffled) < 0.25


async def test_without_the_evidence_no_answer_is_right(url: str) -> None:
    prompts, tasks = [], []
    for kind, is_searchable in ALL:
        task = make(kind, 2, SIZE, is_searchable)
        text = text_of(task.context)
        for evidence in drawn(kind, 2, SIZE, is_searchable).evidence:
            text = text.replace(evidence, "")
        prompts.append(WHOLE.format(text, task.question))
        tasks.append(task)
    for task, reply in zip(tasks, await replies(url, "sub", prompts), strict=True):
        assert task.score(reply) == 0, (task.kind, reply)


async def test_the_mistakes_are_the_same_one_by_one_and_many_at_once(url: str) -> None:
    prompts = [whole(make(kind, seed, SIZE)) for kind in ("needles", "count", "table") for seed in range(6)]
    one_by_one = await replies(url, "errs", prompts, 1)
    at_once = await replies(url, "errs", prompts[::-1], 32)
    assert one_by_one == at_once[::-1]
    right = await replies(url, "sub", prompts)
    assert 2 < sum(one != other for one, other in zip(one_by_one, right, strict=True)) < len(prompts)


@pytest.mark.parametrize("tokens", [8_000, 16_000, 32_000, *SLOW_SIZES])
def test_one_call_scores_what_is_published_for_such_questions_over_such_texts(tokens: int) -> None:
    curve, scores = CURVES["gpt-5"], list[float]()
    share = Luck(0, "", curve, tokens).whole
    for kind in ("count", "compare"):
        for seed in range(10):
            task = make(kind, seed, 4 * tokens)
            right, wrong = (task.score(read(whole(task), Luck(0, "", odds, 1))) for odds in (CURVES["off"], NEVER))
            scores.append(share * right + (1 - share) * wrong)
    assert sum(scores) / len(scores) == pytest.approx(PUBLISHED[tokens], abs=0.03)


async def test_a_map_loses_what_leads_from_one_piece_to_the_next_and_nothing_else(url: str) -> None:
    for kind in ("needles", "count", "pairs", "table", "hops"):
        task = make(kind, 1, SIZE, is_searchable=False)
        parts = [*task.context.values()] if isinstance(task.context, Mapping) else cut(task.context)
        notes = await replies(url, "sub", [MAP.format(part, task.question) for part in parts])
        (reply,) = await replies(url, "root", [REDUCE.format("\n\n".join(notes), task.question)])
        assert task.score(reply) == (kind != "hops"), (kind, reply)


def cut(text: str) -> list[str]:
    middle = text.index("\n", len(text) // 2)
    return [text[:middle], text[middle:]]


@pytest.mark.parametrize("is_searchable", [True, False])
async def test_a_run_with_code_is_right_without_mistakes(url: str, is_searchable: bool) -> None:  # noqa: FBT001
    rlm = RLM(model(url, "root"), model(url, "sub"), route="rlm", budget=Budget(cost=None))
    kinds = ("needle", "count", "join", "rebuild", "table") if is_searchable else KINDS  # others have one program
    tasks = [make(kind, 1, SIZE, is_searchable) for kind in kinds]
    results = await rlm.abatch([{"question": task.question, "context": task.context} for task in tasks])
    for task, result in zip(tasks, results, strict=True):
        assert (task.kind, task.score(result["answer"])) == (task.kind, 1)
        read = result["usage"]["sub_queries"]["asked"]
        assert read or is_searchable, task.kind


async def test_the_same_mistakes_cost_a_run_some_of_its_answers(url: str) -> None:
    rlm = RLM(model(url, "root"), model(url, "errs"), route="rlm", budget=Budget(cost=None))
    tasks = [make("table", seed, SIZE, is_searchable=False) for seed in range(3)]
    asked: list[Any] = [{"question": task.question, "context": task.context} for task in tasks]
    scores = [
        [task.score(result["answer"]) for task, result in zip(tasks, await rlm.abatch(asked), strict=True)]
        for _ in range(2)
    ]
    assert scores[0] == scores[1]
    assert 0 < sum(scores[0]) < 3


async def test_a_plan_is_chosen_from_the_menu_and_runs(url: str) -> None:
    rlm = RLM(model(url, "root"), model(url, "sub"), route="plan", budget=Budget(cost=None))
    for kind, name in (("needle", "find"), ("count", "map"), ("compare", "map")):
        task = make(kind, 3, SIZE, is_searchable=False)
        result = await rlm.ainvoke({"question": task.question, "context": task.context})
        assert result["plan"]
        assert (result["plan"]["name"], result["stop_reason"]) == (name, "answered")
        assert kind != "needle" or task.score(result["answer"]) == 1
        assert kind != "count" or "of 41 items" in result["answer"]  # the line with the columns is none


async def test_windows_and_output_limits_hold_for_the_reader(url: str) -> None:
    task = make("table", 1, SIZE)
    with pytest.raises(Exception, match="maximum context length"):
        await model(url, "narrow").ainvoke(whole(task))
    cut_off = await model(url, "brief").ainvoke(whole(task))
    assert (len(cut_off.text), cut_off.response_metadata["finish_reason"]) == (16, "length")


def test_a_curve_that_is_not_known_is_refused() -> None:
    with (
        pytest.raises(ValueError, match=r"rot='gpt-9': there is no curve.*gpt-5-mini"),
        simulated({"sub": {"rot": "gpt-9"}}),
    ):
        pass
