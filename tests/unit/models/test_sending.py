"""What is sent in which form, and when a count of tokens makes a cut prompt likely."""

import base64
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata

from langchain_rlm.context.formats import least_tokens
from langchain_rlm.models.failures import Failure
from langchain_rlm.models.sending import BEGIN, Reads, alternating, wants_no_system

ROLES = {"system": SystemMessage, "human": HumanMessage, "ai": AIMessage}


def told(*said: str) -> list[BaseMessage]:
    """Messages written as "role text"."""
    return [ROLES[one.partition(" ")[0]](one.partition(" ")[2]) for one in said]


def shown(messages: list[BaseMessage]) -> list[str]:
    return [f"{message.type} {message.text}" for message in messages]


@pytest.mark.parametrize(
    ("given_to_it", "sent"),
    [
        (["system s", "human a", "ai b", "human c"], ["system s", "human a", "ai b", "human c"]),
        (["system s", "human a", "human b"], ["system s", "human a\n\nb"]),
        (["human a", "ai b", "ai c", "human d"], ["human a", "ai b\n\nc", "human d"]),
        (["human a", "ai ", "human b"], ["human a\n\nb"]),
        (["system s", "system t", "human a"], ["system s\n\nt", "human a"]),
        (["system s", "ai a", "human b"], ["system s", f"human {BEGIN}", "ai a", "human b"]),
    ],
)
def test_roles_alternate_and_nothing_empty_is_sent(given_to_it: list[str], sent: list[str]) -> None:
    assert shown(alternating(told(*given_to_it))) == sent


def test_without_a_system_role_its_text_begins_the_first_message() -> None:
    assert shown(alternating(told("system s", "human a", "ai b"), system=False)) == ["human s\n\na", "ai b"]
    assert shown(alternating(told("system s", "ai b"), system=False)) == ["human s", "ai b"]


@given(st.lists(st.tuples(st.sampled_from(["human", "ai"]), st.sampled_from(["", " ", "a", "b"]))), st.booleans())
def test_any_conversation_is_sent_in_turns_and_loses_no_words(turns: list[tuple[str, str]], system: bool) -> None:  # noqa: FBT001
    messages = told("system s", *(f"{role} {text}" for role, text in turns))
    sent = alternating(messages, system=system)
    roles = [message.type for message in sent if message.type != "system"]
    assert roles == [("human", "ai")[index % 2] for index in range(len(roles))]
    words = [word for message in messages for word in message.text.split()]
    assert Counter(word for message in sent for word in message.text.split() if word != BEGIN) == Counter(words)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("invalid", "Unsupported value: 'messages[0].role' does not support 'system' with this model."),
        ("invalid", "System role not supported"),
        ("server", "Jinja Exception: System role not supported"),
        ("server", "Jinja Exception: Only user and assistant roles are supported!"),
        ("invalid", "Developer instruction is not enabled for models/gemma-3-27b-it"),
        ("invalid", "This model doesn't support system messages. Try again without a system message."),
        ("invalid", "Conversation roles must alternate user/assistant/user/assistant/..."),
        ("invalid", "messages.0.role: Input should be 'user' or 'assistant'"),
        ("invalid", "'system' is not one of ['user', 'assistant'] - 'messages.0.role'"),
    ],
)
def test_a_server_that_takes_no_system_message_is_known_by_what_it_says(kind: str, said: str) -> None:
    failure = Failure(kind, said)  # type: ignore[arg-type]
    assert wants_no_system(failure, told("system s", "human a"))
    assert not wants_no_system(failure, told("human a"))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("overflow", "the system message is too long"),
        ("server", "The system encountered an unexpected error during processing."),
        ("invalid", "temperature must be at most 1"),
    ],
)
def test_other_refusals_are_not_taken_for_that(kind: str, said: str) -> None:
    assert not wants_no_system(Failure(kind, said), told("system s", "human a"))  # type: ignore[arg-type]


# -- counts -----------------------------------------------------------------------------------------------------------


def usage(tokens_in: int, tokens_out: int = 9, total: int | None = None, **details: int) -> UsageMetadata:
    whole = tokens_in + tokens_out if total is None else total
    return UsageMetadata(
        input_tokens=tokens_in, output_tokens=tokens_out, total_tokens=whole, input_token_details=details  # type: ignore[typeddict-item]
    )  # fmt: skip


def prompt(beginning: str, size: int) -> list[BaseMessage]:
    return [HumanMessage(f"{beginning} " * size)]


def test_one_count_for_prompts_of_three_sizes_is_a_window() -> None:
    reads = Reads()
    assert [reads.see("m", prompt(text, 20_000 * n), 4096) for n, text in enumerate("abc", 1)] == [False, False, True]
    assert reads.windows == {"m": 4096}


@pytest.mark.parametrize("low", [1, 40, 999])
def test_what_a_cache_leaves_over_is_no_window(low: int) -> None:
    reads = Reads()
    assert not any(reads.see("m", prompt(text, 20_000 * n), low) for n, text in enumerate("abcdef", 1))


def test_prompts_that_begin_alike_are_explained_by_a_cache() -> None:
    reads = Reads()
    assert not any(reads.see("m", prompt("the same", 20_000 * n), 4096) for n in range(1, 6))


def test_a_growing_conversation_is_explained_by_a_cache() -> None:
    reads = Reads()
    for n, text in enumerate("abcdef", 1):
        assert not reads.see("m", [*prompt(text, 20_000 * n), AIMessage("b"), HumanMessage("c")], 4096)


def test_counts_that_differ_and_models_that_differ_are_kept_apart() -> None:
    reads = Reads()
    assert not any(reads.see("m", prompt(text, 20_000 * n), 4096 + n) for n, text in enumerate("abc", 1))
    assert not any(reads.see(f"m{n}", prompt(text, 20_000 * n), 4096) for n, text in enumerate("abc", 1))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [  # the fewest that cl100k, o200k, Claude's and DeepSeek's tokenizers make of each
        ("-" * 40_000, 157),
        ("a" * 40_000, 2_500),
        (("|" + "-" * 78 + "|" + "-" * 38 + "|\n") * 400, 2_400),
        ("\n".join(f"Chapter {i} {'.' * 90} {i}" for i in range(500)), 4_499),
        ("\n".join(f"Name {'_' * 70} Date {'_' * 30}" for i in range(500)), 3_999),
        ("\n".join(f"{i}{' ' * 100}{i}" for i in range(500)), 2_499),
        (base64.b64encode(b"\0" * 40_000).decode(), 6_668),
        ("这是一个测试文本用来检查分词器的计数" * 1_500, 12_000),
        ("これはトークン数の推定を確認するための文章です" * 1_500, 18_000),
        ("GET /health 200 OK\n" * 3_000, 18_000),
    ],
)
def test_no_tokenizer_makes_fewer_tokens_than_the_least(text: str, tokens: int) -> None:
    assert least_tokens(text) <= tokens
