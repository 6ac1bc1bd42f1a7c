"""Places in long texts with any letters are those of CPython, wherever the blocks begin that they are cut into."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pydantic_monty as monty
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langchain_rlm.repl.monty.session import BLOCKS, LONG, PART, MontySandbox
from tests.unit.repl.monty.sessions import a_session, output

TOLD = """
import json, re

def told(t, s, a, b, k):
    out = []
    for f in (
        lambda: t[a:b], lambda: t[a:], lambda: t[:b], lambda: t[a:b:k], lambda: t[k], lambda: t[a], lambda: len(t), lambda: s in t,
        lambda: t.find(s), lambda: t.find(s, a), lambda: t.find(s, a, b), lambda: t.rfind(s), lambda: t.rfind(s, a), lambda: t.rfind(s, a, b),
        lambda: t.index(s), lambda: t.index(s, k, b), lambda: t.rindex(s), lambda: t.rindex(s, k, b), lambda: t.count(s), lambda: t.count(s, k, b),
        lambda: t.startswith(s), lambda: t.startswith(s, a), lambda: t.startswith((s, "a"), k, b), lambda: t.startswith((), a),
        lambda: t.endswith(s), lambda: t.endswith(s, a), lambda: t.endswith((s, "a"), k, b), lambda: t.find(a, b), lambda: t[s],
        lambda: [m.span() for m in re.finditer("a", t)], lambda: [m.span(1) for m in re.finditer("(?s)(.).{3}", t)],
        lambda: [t[m.start() : m.end()] == m.group() for m in re.finditer("[^a]+", t)], lambda: re.compile("a").split(t, 2),
        lambda: re.sub("[ab]+", lambda m: str(m.start()), t), lambda: [t[i] for i in range(len(t))] == list(t), lambda: t[1:][a:b],
    ):
        try:
            out.append(f())
        except Exception:
            out.append("raised")
    return out
"""  # noqa: E501 - a table
_SPACE: dict[str, Any] = {}
exec(TOLD, _SPACE)  # noqa: S102  # ours
TEXTS = st.text("aaab \r\n\u0301é漢😀", min_size=20, max_size=90).map(lambda text: f"{text}é")
PLACES = st.none() | st.integers(-100, 100)


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(max_processes=4) as started:
        yield started


@pytest.fixture(scope="module")
def with_small_blocks(pool: monty.Monty) -> Iterator[MontySandbox]:
    with a_session(pool, "é" * 20, wide=20) as session:
        output(session, TOLD)
        yield session


def expected(*values: Any) -> Any:
    return json.loads(json.dumps(_SPACE["told"](*values)))


@given(text=TEXTS, part=st.tuples(st.integers(0, 80), st.integers(0, 9)), places=st.tuples(PLACES, PLACES, PLACES))
def test_places_of_a_text_that_code_made_are_those_of_cpython(
    with_small_blocks: MontySandbox, text: str, part: tuple[int, int], places: tuple[int | None, ...]
) -> None:
    values = (text, text[part[0] : sum(part)], *places)
    assert json.loads(output(with_small_blocks, f"print(json.dumps(told{values!r}))")) == expected(*values)


def test_places_of_the_texts_of_the_context_are_those_of_cpython(pool: monty.Monty) -> None:
    texts = ["é" + "ab 漢\r\n" * 9, "", "😀" * 50, "ascii only " * 5, "short é"]
    with a_session(pool, *texts, single=False, wide=20) as session:
        output(session, TOLD)
        for _ in range(2):  # in turns: blocks of one text make room for those of another
            for index, text in enumerate(texts):
                asked = ("a", 3, 33, 7)
                told = output(session, f"print(json.dumps(told(context[{index}], {str(asked)[1:]}))")
                assert json.loads(told) == expected(text, *asked)


def test_a_text_that_code_dropped_is_not_mistaken_for_another(with_small_blocks: MontySandbox) -> None:
    loop = "for i in range(200):\n    t = chr(945 + i % 20) * (30 + i)\n    out.append([len(t), t[i // 2], t[-1:]])"
    output(with_small_blocks, f"out = []\n{loop}")
    found = [[30 + i, chr(945 + i % 20), chr(945 + i % 20)] for i in range(200)]
    assert with_small_blocks.variable("out") == (found,)
    assert with_small_blocks._feed("len(_rlm_wides)") == 2  # that of the context, and the last one


# -- texts that are large indeed --------------------------------------------------------------------------------------

LINE = "\u0301A line é of 漢字 and more 😀 of it\r\n"
LARGE = LINE * (2 * PART // len(LINE)) + "end"


@pytest.fixture(scope="module")
def over_large_text(pool: monty.Monty) -> Iterator[MontySandbox]:
    with a_session(pool, LARGE) as session:
        output(session, "import re")
        yield session


ZONE = BLOCKS[0] * BLOCKS[1]
LARGE_PLACES = (
    st.none()
    | st.integers(-len(LARGE) - 10, len(LARGE) + 10)
    | st.sampled_from([3 * BLOCKS[0], ZONE, PART]).flatmap(lambda n: st.integers(n - 30, n + 30))
)


@settings(max_examples=15)
@given(start=LARGE_PLACES, stop=LARGE_PLACES, step=st.sampled_from([None, None, None, 1, 2, -1, 4096, -7]))
def test_slices_of_a_large_text_are_those_of_cpython(
    over_large_text: MontySandbox, start: int | None, stop: int | None, step: int | None
) -> None:
    output(
        over_large_text,
        f"alias = context\ns = context[{start}:{stop}:{step}]\nsame = s == alias[{start}:{stop}:{step}]",
    )
    assert over_large_text.variable("s") == (LARGE[start:stop:step],)
    assert over_large_text.variable("same") == (True,)


def test_walks_over_a_large_text_find_each_place(over_large_text: MontySandbox) -> None:
    code = """
starts, ends, found, at = [m.start() for m in re.finditer("more", context)], [], [], 0
for m in re.finditer(r"(?m)^.*(漢.)", context):
    ends.append((m.end(), m.start(1)) if m.start() % 1000 == 0 else m.end())
while (at := context.find("漢字", at)) >= 0 and len(found) < 5000:
    found.append(at)
    at += 1
last = context.rfind("line", 0, len(context) // 2)
"""
    output(over_large_text, code)
    space: dict[str, Any] = {"context": LARGE, "re": __import__("re")}
    exec(code, space)  # noqa: S102  # ours
    for name in ("starts", "ends", "found", "last"):
        told = over_large_text.variable(name)
        assert told == (json.loads(json.dumps(space[name])),), name


def test_words_are_looked_for_in_large_texts_of_ascii_as_in_cpython(pool: monty.Monty) -> None:
    text = "some words and more\n" * (LONG // 20) + "end"
    code = """
found = [context.find("more", at) for at in range(0, len(context), 99_991)]
found += [context.rfind("\\n", 0, len(context) // 2), context.find("none"), context.rindex("some")]
found += [context.count("words", -50), context.startswith("end", -3)]
"""
    with a_session(pool, text) as session:
        output(session, code)
        space: dict[str, Any] = {"context": text}
        exec(code, space)  # noqa: S102  # ours
        assert session.variable("found") == (space["found"],)
        assert "_rlm_text_find" in session._lowered.source


def test_texts_of_any_size_are_handed_over_whole_and_in_order(pool: monty.Monty) -> None:
    sizes = [PART - 1, 1, 0, 3 * PART + 1, PART, PART + 1, 7]
    texts = ["aé漢😀"[index % 4] * size for index, size in enumerate(sizes)]
    with a_session(pool, *texts, single=False) as session:
        output(session, "import hashlib\nfound = [hashlib.sha256(text.encode()).hexdigest() for text in context]")
        assert session.variable("found") == ([hashlib.sha256(text.encode()).hexdigest() for text in texts],)
