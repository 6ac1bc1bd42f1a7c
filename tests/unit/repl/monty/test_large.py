"""A large text does what a `str` does, in the ways that models use it, over texts with any letters."""

import json
from collections.abc import Iterator
from typing import Any

import pydantic_monty as monty
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from langchain_rlm.context import large, large_index, large_search
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.formats import profile
from langchain_rlm.context.large import LargeText
from langchain_rlm.context.large_answers import LargeAnswers
from langchain_rlm.context.large_files import written
from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Asked
from tests.unit.repl.monty.sessions import a_session, ended, failed, output

TOLD = r"""
import json, re
from collections import Counter

def told(t, s, a, b, k):
    out = []
    for f in (
        lambda: t[a:b], lambda: t[a:], lambda: t[:b], lambda: t[a:b:k], lambda: t[k], lambda: t[a], lambda: t[0], lambda: t[-1],
        lambda: len(t), lambda: s in t, lambda: s not in t, lambda: isinstance(t, str), lambda: isinstance(t, (list, dict)),
        lambda: t.find(s), lambda: t.find(s, a), lambda: t.find(s, a, b), lambda: t.rfind(s), lambda: t.rfind(s, a), lambda: t.rfind(s, a, b),
        lambda: t.index(s), lambda: t.index(s, k, b), lambda: t.rindex(s), lambda: t.rindex(s, k, b), lambda: t.count(s), lambda: t.count(s, k, b),
        lambda: t.count("aa"), lambda: t.count("\n"), lambda: t.startswith(s), lambda: t.startswith((s, "a"), k, b), lambda: t.startswith(s, a),
        lambda: t.endswith(s), lambda: t.endswith((s, "a"), k, b), lambda: t.endswith(s, a), lambda: t.isascii(),
        lambda: [x for x in t.splitlines()], lambda: list(t.split("\n")), lambda: [x for x in t.splitlines(True)], lambda: len(t.splitlines()),
        lambda: len(t.split("\n")), lambda: t.splitlines()[0], lambda: t.splitlines()[-1], lambda: t.split("\n")[k], lambda: t.splitlines()[a:b],
        lambda: t.split("\n")[a:b:k], lambda: [i for i, x in enumerate(t.splitlines()) if "a" in x], lambda: sum(1 for x in t.split("\n") if x),
        lambda: {x: len(x) for x in t.splitlines()}, lambda: sorted({x for x in t.splitlines()}), lambda: Counter(x[:1] for x in t.splitlines()),
        lambda: any("b" in x for x in t.splitlines()), lambda: next((x for x in t.splitlines() if "b" in x), None), lambda: s in t.splitlines(),
        lambda: [(i, y) for i, x in enumerate(t.split("\n")) for y in x.split("a")], lambda: max(t.splitlines(), key=len), lambda: "|".join(t.splitlines()),
        lambda: [m.span() for m in re.finditer("a", t)], lambda: [m.span(1) for m in re.finditer("(?s)(.)a.?", t)], lambda: re.findall("[^a]+", t),
        lambda: [t[m.start() : m.end()] == m.group() for m in re.finditer("[^a]+", t)], lambda: re.findall(r"(\w)(\s)", t), lambda: re.findall("(?i)É|B+", t),
        lambda: re.findall(r"^a.*$", t, re.M), lambda: [m.groups() for m in re.finditer(r"(?P<x>a+)|(b)", t)], lambda: re.search(r"\s\S", t).start(),
        lambda: re.search("漢", t) is None, lambda: re.compile("a.").findall(t), lambda: re.match("[ab]*", t).end(),
        lambda: [m.groupdict() for m in re.compile(r"(?P<x>\d|a)").finditer(t)], lambda: re.findall(r"[\s\S]b", t), lambda: re.findall(r"a{2,3}?|\D\d", t),
        lambda: re.findall("[\u0300-\u0400é]", t), lambda: re.search("(a)(b)?", t).groups(), lambda: re.findall("a", t, re.I), lambda: re.findall("b|\\n", t), lambda: re.findall(r"\ba+\b|\Bb", t), lambda: [m.span() for m in re.finditer(r"(?<=a)b|a(?!a)", t)], lambda: [m.span(1) for m in re.finditer(r"(\w)\1", t)], lambda: [m.span() for m in re.finditer("a*", t)], lambda: re.findall(r"(?<!\w)(a+)|(b)(?=\s)", t), lambda: re.findall(r"\b\w+\s+\w", t) if "." in t else 1,
        lambda: t.find(a, b), lambda: t[s], lambda: t.count(None), lambda: t.index("nowhere"), lambda: 3 in t,
    ):
        try:
            out.append(f())
        except Exception:
            out.append("raised")
    return out
"""  # noqa: E501 - a table
_SPACE: dict[str, Any] = {}
exec(TOLD, _SPACE)  # noqa: S102  # ours
TEXTS = st.text("aaab \r\n\x0b\x85\u2028\u0301é漢😀1", min_size=1, max_size=90)
PLACES = st.none() | st.integers(-100, 100)


@pytest.fixture(scope="module", autouse=True)
def _small_windows() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_index, "BLOCK", 8)
        patch.setattr(large, "BLOCK", 8)
        for module in (large_index, large, large_search):
            patch.setattr(module, "WINDOW", 16)
        for module in (large, large_search):
            patch.setattr(module, "AT_ONCE", 48)
        yield


class OneText:
    """A host of one large text, which can be another one in each example."""

    answers: LargeAnswers

    def take(self, text: str) -> LargeText:
        made = written("text", [text])
        self.answers = LargeAnswers(Corpus((SourceText("text", made),)), [profile(made)])
        return made

    def __call__(self, _: str, *args: Any) -> Any:
        return self.answers.answer(*args)


@pytest.fixture(scope="module")
def host() -> OneText:
    return OneText()


@pytest.fixture(scope="module")
def session(host: OneText) -> Iterator[MontySandbox]:
    with monty.Monty(max_processes=1) as pool, a_session(pool, host.take("a"), host=host) as opened:
        output(opened, TOLD)
        opened._feed("_rlm_large_batch = 3\n_rlm_large_near = 16")
        yield opened


@given(text=TEXTS, part=st.tuples(st.integers(0, 80), st.integers(0, 9)), places=st.tuples(PLACES, PLACES, PLACES))
@example("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", (0, 5), (3, 33, 7))
@example("a\r\n" * 20, (0, 3), (3, 33, 2))
@settings(max_examples=25, deadline=None)
def test_a_large_text_does_what_a_str_does(
    session: MontySandbox, host: OneText, text: str, part: tuple[int, int], places: tuple[int | None, ...]
) -> None:
    host.take(text)
    values = (text[part[0] : sum(part)], *places)
    made = f"_rlm_LargeText(0, {len(text)})"
    session._feed(f"t = {made}")  # another text, as a context of its own would be
    found = json.loads(output(session, f"print(json.dumps(told(t, {', '.join(map(repr, values))})))"))
    expected = json.loads(json.dumps(_SPACE["told"](text, *values)))
    assert found == expected


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("t.lower()", "context.lower(): search with re.IGNORECASE"),
        ("t.split()", "context.split(): split lines or chunks of it, or find words with re.finditer"),
        ("t.split('a')", "context.split('a'): split lines or chunks of it"),
        ("list(t)", "go line by line: for line in context.splitlines()"),
        ("for letter in t:\n    pass", "go line by line: for line in context.splitlines()"),
        ("print(t)", "print context[:2000], or send slices or chunks to models"),
        ("print(f'{t}')", "print context[:2000], or send slices or chunks to models"),
        ("t + 'x'", "a large text cannot be joined; use slices"),
        ("import json\njson.loads(t)", "json.loads(context): read it line by line"),
        ("re.sub('a', 'b', t)", "a large text cannot be changed; change slices and lines"),
        ("re.split('a', t)", "go through re.finditer, and slice between the matches"),
        ("re.search('b$', t)", "cannot be looked for in a large text: it has to do with its beginning or end"),
        ("re.findall('(?s)a.*b', t)", "or a match may be of any length. Look for what begins a match"),
        ("re.search('(', t)", "missing ), unterminated subpattern"),
        ("t[0:80]", "80 characters of a large text at once; 60 are the most"),
        ("list(t.splitlines())", "loop over the lines, pieces or re.finditer, or take fewer: lines[:1000]"),
        ("llm_query(t)", "llm_query: the prompt must be a str, not LargeText"),
        ("chunks([t, 'a'])", "text[0] is a large text: cut it on its own"),
    ],
)
def test_what_a_large_text_cannot_do_is_an_error_that_says_what_to_write(
    session: MontySandbox, host: OneText, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    host.take("ab\n" * 30)
    monkeypatch.setattr(large, "MOST", 60 if "80" in code else large.MOST)
    session._feed("import re\nt = _rlm_LargeText(0, 90)\n_rlm_piece = 20")
    session._feed("_rlm_large_listed = 50")
    try:
        assert said in failed(session.start(code))
    finally:
        session._feed("_rlm_large_listed = 64000000\n_rlm_piece = 200000")


def test_a_loop_over_pieces_of_a_large_text_asks_for_all_at_once(session: MontySandbox, host: OneText) -> None:
    host.take("one two\n" * 20)
    session._feed("t = _rlm_LargeText(0, 160)")
    cell = (
        "pieces = chunks(t, 40)\nout = []\nfor piece in pieces:\n    out.append(llm_query('Say: ' + piece))\nprint(out)"
    )
    paused = session.start(cell)
    assert isinstance(paused, Asked)
    assert (len(paused.calls), paused.is_ahead) == (4, True)
    assert ended(session.resume([("ok", "yes")] * 4)).output.strip() == "['yes', 'yes', 'yes', 'yes']"


def test_a_pattern_that_takes_for_ever_elsewhere_is_searched_in_no_time(session: MontySandbox, host: OneText) -> None:
    host.take("a" * 5_000)
    session._feed("t = _rlm_LargeText(0, 5000)")
    assert output(session, "print(re.search('(a+)+b', t), len(re.findall('(?:a|aa)+', t)))").strip() == "None 1"
