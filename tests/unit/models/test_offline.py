"""The offline model quotes what bears on a question, says so when nothing does, and its programs run in the sandbox."""

import pydoc_data.topics
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic_monty import Monty, MontySession

from langchain_rlm.context.cutting import cut
from langchain_rlm.models.offline import NOTHING_FOUND, OfflineChatModel

ROOT_PROMPT = SystemMessage("You work in a Python REPL. `llm_query(prompt)` asks a model.")
TOPICS: dict[str, str] = pydoc_data.topics.topics
LEAD = "Passages that bear on the question (extractive model: quoted, not reasoned):"


def chunks(text: str) -> list[str]:
    return [text[start:end] for start, end in pairwise([0, *cut(text, 8_000)])]


@pytest.fixture(scope="module")
def pool() -> Iterator[Monty]:
    with Monty() as pool:
        yield pool


def ask(*messages: BaseMessage) -> AIMessage:
    answer = OfflineChatModel().invoke(list(messages))
    assert isinstance(answer, AIMessage)
    return answer


def cell(answer: AIMessage) -> str:
    match = re.search(r"```repl\n(.*)\n```", str(answer.text), re.DOTALL)
    assert match
    return match.group(1)


class Repl:
    """A REPL with the contract's functions that the programs use."""

    def __init__(self, session: MontySession, context: str | list[str], names: list[str]) -> None:
        self.session = session
        self.finals: list[Any] = []
        self.prompts: list[str] = []
        sources = [{"id": str(n), "name": name, "size": 0, "metadata": {}} for n, name in enumerate(names)]
        session.feed_run("context = context\nsources = sources", inputs={"context": context, "sources": sources})

    def run(self, code: str) -> None:
        functions = {"chunks": chunks, "llm_query_batched": self.llm_query_batched, "FINAL": self.finals.append}
        self.session.feed_run(code, external_lookup=functions, print_callback=lambda *_: None)

    def llm_query_batched(self, prompts: list[str], *, on_error: str) -> list[Any]:
        assert on_error == "return"
        self.prompts += prompts
        return [None if n == 1 else str(ask(HumanMessage(prompt)).text) for n, prompt in enumerate(prompts)]


def run(repl: Repl, question: str, *, turns: int = 4) -> str:
    messages = [ROOT_PROMPT, HumanMessage(f"<question>\n{question}\n</question>\nThe context is ready.")]
    for _ in range(turns):
        answer = ask(*messages)
        repl.run(cell(answer))
        if repl.finals:
            return str(repl.finals[0])
        messages += [answer, HumanMessage("Output: done.")]
    pytest.fail("no FINAL")


QUESTIONS = [
    ("How does the with statement work?", "with"),
    ("Which exceptions can be raised by an import statement?", "import"),
    ("What is the purpose of the assert statement?", "assert"),
    ("How are integer literals written?", "integers"),
    ("What does the nonlocal statement do?", "nonlocal"),
]


@pytest.mark.parametrize(("question", "topic"), QUESTIONS)
def test_its_programs_find_the_right_topic_of_the_python_reference(pool: Monty, question: str, topic: str) -> None:
    with pool.checkout(limits={"max_feed_duration_secs": 30}) as session:
        repl = Repl(session, list(TOPICS.values()), list(TOPICS))
        lead, *quoted = run(repl, question).splitlines()
    assert lead == LEAD
    assert 3 <= len(quoted) <= 5
    assert any(quote.endswith(f" [{topic}]") for quote in quoted)
    flat = {name: " ".join(text.split()) for name, text in TOPICS.items()}
    for quote in quoted:
        sentence, _, name = quote.removesuffix("]").rpartition(" [")
        assert sentence in flat[name]
    assert len(repl.prompts) == 24


def test_one_text_is_searched_like_several(pool: Monty) -> None:
    text = "\n\n".join(TOPICS.values())
    with pool.checkout(limits={"max_feed_duration_secs": 30}) as session:
        answer = run(Repl(session, text, ["reference.txt"]), "What does the nonlocal statement do?")
    assert "nonlocal" in answer
    assert answer.endswith("[reference.txt]")


def test_a_small_context_is_asked_about_as_a_whole(pool: Monty) -> None:
    with pool.checkout() as session:
        repl = Repl(
            session, ["The cat sat on the mat.", "Dogs bark at night.", "The cat sleeps all day."], ["a", "b", "c"]
        )
        answer = run(repl, "Where does the cat sleep?")
    assert len(repl.prompts) == 3
    assert answer == f"{LEAD}\nThe cat sleeps all day. [c]\nThe cat sat on the mat. [a]"


@pytest.mark.parametrize(
    "question", ["Who invented the zeppelin?", "???", "什么", "the", "a ``` fence \"and' \\ quotes \n\n"]
)
def test_it_says_when_nothing_bears_on_the_question(pool: Monty, question: str) -> None:
    with pool.checkout() as session:
        answer = run(Repl(session, ["Dogs bark at night.", ""], ["a"]), question)
    assert answer == "The offline model found no sentence that bears on the question."


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ('How many lines contain "cat"?', "2 lines contain 'cat'"),
        ('How many times does "cat" occur?', "3 occurrences of 'cat'"),
        ("Count the documents that mention `cat`.", "2 documents contain 'cat'"),
        ("How many paragraphs mention 'dog'?", "1 paragraphs contain 'dog'"),
    ],
)
def test_counting_is_done_with_code(pool: Monty, question: str, answer: str) -> None:
    with pool.checkout() as session:
        assert run(Repl(session, ["a cat, a cat\na dog", "one cat"], []), question, turns=1) == answer


@pytest.mark.parametrize("turns_before", [0, 1, 2])
def test_out_of_budget_it_answers_with_what_it_has(pool: Monty, turns_before: int) -> None:
    messages: list[BaseMessage] = [ROOT_PROMPT, HumanMessage("<question>\nWhere does the cat sleep?\n</question>")]
    with pool.checkout() as session:
        repl = Repl(session, "The cat sleeps in a box. Dogs bark.", ["a"])
        for _ in range(turns_before):
            answer = ask(*messages)
            repl.run(cell(answer))
            messages += [answer, HumanMessage("Output: done.")]
        repl.run(cell(ask(*messages, HumanMessage("The budget is spent. Give the final answer now."))))
    assert repl.finals == [f"{LEAD}\nThe cat sleeps in a box. [a]"]


def test_a_lost_search_is_done_again(pool: Monty) -> None:
    turns = [message for _ in range(3) for message in (AIMessage("..."), HumanMessage("NameError"))]
    answer = ask(ROOT_PROMPT, HumanMessage("<question>\nWhere does the cat sleep?\n</question>"), *turns)
    with pool.checkout() as session:
        repl = Repl(session, "The cat sleeps in a box.", ["a"])
        repl.run(cell(answer))
    assert repl.finals == [f"{LEAD}\nThe cat sleeps in a box. [a]"]


TEXT = "Dogs bark.\n\nThe cat sleeps in\na box, they say. It rained. Cats like boxes! A long day went by quietly."


@pytest.mark.parametrize(
    "prompt",
    [
        f"Quote the sentences.\nQuestion: Where does the cat sleep, in a box?\nText:\n{TEXT}",
        f"<question>\nWhere does the cat sleep, in a box?\n</question>\n<context>\n{TEXT}\n</context>",
        f'<context name="a">\n{TEXT}\n</context>\n<question>\nWhere does the cat sleep, in a box?\n</question>',
        f"Where does the cat sleep, in a box?\n\n{TEXT}",
        f"{TEXT}\n\nWhere does the cat sleep, in a box?",
    ],
)
def test_a_sub_query_gets_the_sentences_that_bear_on_it(prompt: str) -> None:
    answer = ask(HumanMessage(prompt))
    assert answer.text == "The cat sleeps in a box, they say.\nCats like boxes!"


@pytest.mark.parametrize("text", ["", "It rained.", "Sleep well."])
def test_a_text_without_enough_of_the_words_is_answered_with_none(text: str) -> None:
    answer = ask(HumanMessage(f"Question: Where do the big cats sleep?\nText:\n{text}"))
    assert answer.text == NOTHING_FOUND


@given(question=st.text(max_size=60), text=st.text())
def test_any_prompt_gets_an_answer(question: str, text: str) -> None:
    assert ask(HumanMessage(f"Question: {question}\nText:\n{text}")).text
    assert ask(HumanMessage(f"{question}\n\n{text}")).text


@given(question=st.text())
def test_nothing_in_a_question_ends_the_fence(question: str) -> None:
    text = str(ask(ROOT_PROMPT, HumanMessage(f"<question>\n{question}\n</question>")).text)
    assert text.count("```") == 2
    compile(cell(AIMessage(text)), "cell", "exec")


def test_usage_and_metadata_are_reported() -> None:
    answer = ask(HumanMessage("Question: cat?\nText:\nThe cat."))
    assert answer.text == "The cat."
    assert answer.usage_metadata == {"input_tokens": 8, "output_tokens": 2, "total_tokens": 10}
    assert answer.response_metadata["model_name"] == "offline"
    assert answer.response_metadata["finish_reason"] == "stop"
    assert OfflineChatModel().profile == {"max_input_tokens": 32_000, "text_inputs": True, "text_outputs": True}


async def test_async_and_streams_say_the_same() -> None:
    model = OfflineChatModel()
    messages = [HumanMessage(f"Question: Where does the cat sleep, in a box?\nText:\n{TEXT}")]
    expected = model.invoke(messages)
    assert (await model.ainvoke(messages)).text == expected.text
    streamed = [chunk async for chunk in model.astream(messages)]
    assert "".join(chunk.text for chunk in streamed) == expected.text
    assert "".join(chunk.text for chunk in model.stream(messages)) == expected.text
    assert [chunk.usage_metadata for chunk in streamed if chunk.usage_metadata] == [expected.usage_metadata]


def test_a_stop_word_ends_the_answer() -> None:
    answer = OfflineChatModel().invoke([HumanMessage("Question: cat?\nText:\nThe cat. A dog.")], stop=["cat"])
    assert answer.text == "The "
