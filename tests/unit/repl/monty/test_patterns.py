# ruff: noqa: E501, RUF001 - texts on one line, with letters that look alike
"""Regular expressions find in the sandbox what they find in CPython."""

import ast
import json
import random
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pydantic_monty as monty
import pytest

from langchain_rlm.repl.monty.lowering import PATTERNS
from langchain_rlm.repl.monty.session import WIDE
from tests.unit.repl.monty.grammar import GRAMMAR, derive
from tests.unit.repl.monty.sandbox_runner import Sandbox
from tests.unit.repl.monty.sessions import a_session

TEXTS = [
    "total: 12\n", "a b\r\nc d\r\n", "ERROR x\nINFO y\nERROR z\n", "Straße ΑΒΓ ſ K", "٣٤ 56 ½²", "a\u00a0b\u2003c", "xxxxx\n\ny",
    "2024-01-02, 2024-1-3", "k=v; k2 = 'v 2'", "foo.bar(baz)[0]", "İstanbul ıi", "aaa", "", "one\ttwo  three", "abab ab", ",a,,b",
    "<a href='x'>t</a><b>u</b>", '"q\\"uoted" rest', "naïve cafe\u0301", "end\x1dof\x1crec", "\n", "b", "  ", "{a} $1 a&b [c] 😀漢",
]  # fmt: skip
ASKED = """
def asked(p, t, flags):
    out = []
    for f in (
        lambda: re.findall(p, t, flags),
        lambda: [[[m.span(n) for n in range(len(m.groups()) + 1)], m.groups(), m.groupdict()] for m in re.finditer(p, t, flags)],
        lambda: re.split(p, t, flags=flags), lambda: re.split(p, t, 1, flags), lambda: re.sub(p, r"<\\g<0>>", t, 0, flags),
        lambda: re.subn(p, "-", t, 2, flags), lambda: re.match(p, t, flags) and re.match(p, t, flags).span(),
        lambda: re.fullmatch(p, t, flags) and re.fullmatch(p, t, flags).groups(),
        lambda: [re.compile(p, flags).groups, dict(re.compile(p, flags).groupindex)],
        lambda: [m and m.span() for m in [re.compile(p, flags).search(t, 2), re.compile(p, flags).match(t, 1)]],
    ):
        try:
            out.append(f())
        except Exception as error:
            out.append("raised")
    return out
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(max_processes=1) as started:
        yield started


def expected(pattern: str, flags: int) -> Any:
    space: dict[str, Any] = {"re": re}
    exec(ASKED, space)  # noqa: S102  # ours
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return json.loads(json.dumps([space["asked"](pattern, text, flags) for text in TEXTS]))


def differing(pool: monty.Monty, patterns: list[tuple[str, int]], wide: int = WIDE) -> dict[str, Any]:
    """The patterns over which the engines differ, with the first text and answers that do."""
    found: dict[str, Any] = {}
    with a_session(pool, TEXTS[3], cell_seconds=60, memory=10**9, wide=wide) as session:
        sandbox = Sandbox(session)
        sandbox.execute(["import json\n" + ASKED])
        for pattern, flags in patterns:
            cell = f"print(json.dumps([asked({pattern!r}, t, {flags}) for t in {TEXTS!r}]))"
            run = Sandbox(session).execute([cell])
            told = json.loads(run.printed) if not run.error else run.error
            for text, ours, theirs in zip(TEXTS, told, expected(pattern, flags), strict=False):
                if ours != theirs:
                    found[f"{pattern} {flags}"] = (text, ours, theirs)
                    break
    return found


FLAGS = [0, 0, 0, re.IGNORECASE, re.MULTILINE, re.DOTALL, re.MULTILINE | re.DOTALL, re.VERBOSE, re.ASCII]


def made(seed: int, count: int) -> list[tuple[str, int]]:
    """Patterns of the grammar: the literal ones, and some put together."""
    chance = random.Random(seed)  # noqa: S311  # a seed
    literal = [one for one in GRAMMAR["P"] if "~" not in one]
    joined = [
        one for one in (derive("P", chance, 1) for _ in range(60 * count)) if one.parts and one.text()[:2] == "r'"
    ]
    patterns = [ast.literal_eval(one) for one in literal + [one.text() for one in joined[:count]]]
    return [(pattern, int(chance.choice(FLAGS))) for pattern in patterns]


def test_patterns_find_what_they_find_in_cpython(pool: monty.Monty) -> None:
    assert differing(pool, made(0, 20)[::2]) == {}  # the slow test has them all


def test_patterns_find_the_same_in_long_texts_with_any_letters(pool: monty.Monty) -> None:
    assert differing(pool, made(2, 20)[::3], wide=1) == {}


@pytest.mark.slow
def test_many_patterns_find_what_they_find_in_cpython(pool: monty.Monty) -> None:
    assert differing(pool, made(1, 20_000)) == {}


PIECES = """
def in_pieces(p, t, flags):
    pattern = _rlm_re_compile(p, flags)
    try:
        found = pattern._in_pieces(t, _rlm_re.error("too much backtracking"))
    except Exception as error:
        return type(error).__name__ + " " + str(error)
    befores = [match._before() for match in found]
    return [[m.start(), m.end(), m.group(), list(m.groups()), b] for m, b in zip(found, befores)]
"""
LINES = "a word here\nand words there\n\n  word\nhere: a word, here\nno such\nfoo bar\nbar foo word\n word \nA Word-Here\nx1 22 333\n"
COMMON = [
    r"\bword\b", r"(?i)\bword\b", r".*\bword\b.*", r"(?m)^.*\bword\b.*$", r"[^.\n]*\bword\b", r"\bword\s+here\b", r"word\s*\n\s*here",
    r"(?<=a )word", r"\b\w+ word\b", r"(\w+)\s+(word|bar)\b", r"\b[A-Z]\w+(?:-[A-Z]\w+)?", r"word(?=, here)", r"word(?!s)", r"\b\d+\b",
    r"(?:^|\n)\s*word", r"\b", r"(?<!\w)bar(?!\w)", r"\w+\b", r".+?\bword", r"foo\b|\bbar", r"\bfoo(?s:.)bar\b", r"(\w)\1\1", r"\S+\s+\S+\b",
]  # fmt: skip


def test_a_search_in_pieces_finds_what_a_search_of_the_whole_finds(pool: monty.Monty) -> None:
    answered = 0
    with a_session(pool, "") as session:
        session._feed_module(PATTERNS)
        session._feed(PIECES)
        for size in (1, 40):
            session._feed(f"_rlm_piece = {size}\n_rlm_blank_run = 20")
            for pattern in COMMON:
                for text in (LINES, LINES.replace("a", "ä")[:-1], ""):
                    said = session._feed(f"in_pieces({pattern!r}, t, 0)", {"t": text})
                    if isinstance(said, str):
                        assert "takes too long in this text; search line by line" in said, (pattern, said)
                        continue
                    answered += 1
                    end, wanted = 0, list[Any]()
                    for found in re.finditer(pattern, text):
                        wanted.append([*found.span(), found[0], [*found.groups()], text[end : found.start()]])
                        end = found.end()
                    assert said == wanted, (pattern, size, text)
    assert answered > 100


def test_a_rare_word_is_found_in_a_long_text(pool: monty.Monty) -> None:
    line = "some other text of no word at all, " * 20 + ".\n"
    text = line * 3_000 + "Here a needle\nis found at last.\n" + line * 50
    with a_session(pool, text, cell_seconds=60, memory=10**9) as session:
        cell = """
import re
for p in (r"\\bneedle\\b", r".*\\bneedle\\b.*", r"(?i)\\bNEEDLE\\s+is\\b", r"(?<=a )needle", r"(a) \\bneedle\\b"):
    m = re.search(p, context)
    print(m.span(), re.findall(p, context), [x.start() for x in re.finditer(p, context)], len(re.split(p, context)))
print(re.sub(r"\\bneedle\\b", "pin", context).count("pin"), re.search(r"\\bnail\\b", context))
"""
        run = Sandbox(session).execute([cell])
    at = text.index("needle")
    assert not run.error
    assert run.printed.splitlines() == [
        f"{(at, at + 6)} ['needle'] [{at}] 2", f"{(at - 7, at + 6)} ['Here a needle'] [{at - 7}] 2",
        f"{(at, at + 9)} ['needle\\nis'] [{at}] 2", f"{(at, at + 6)} ['needle'] [{at}] 2",
        f"{(at - 2, at + 6)} ['a'] [{at - 2}] 3", "1 None",
    ]  # fmt: skip
