# ruff: noqa: E501 - programs on one line
"""Programs do in the sandbox what they do in CPython, or are refused, or fail with an error: they never differ unseen."""

import itertools
import random
from collections.abc import Iterator

import pydantic_monty as monty
import pytest

from tests.unit.repl.monty.against_cpython import CPython, Told, a_repl, compared, differences, in_sandbox
from tests.unit.repl.monty.grammar import GRAMMAR, Derivation, derive, simpler
from tests.unit.repl.monty.sandbox_runner import Sandbox

SAMPLE = 150
"""Programs of the sample; `make fuzz` runs many more."""
LEAST_SAME = 0.85


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(max_processes=1) as started:
        yield started


@pytest.fixture(scope="module")
def cpython() -> Iterator[CPython]:
    with CPython() as child:
        yield child


@pytest.fixture(scope="module")
def repl(pool: monty.Monty) -> Iterator[Sandbox]:
    with a_repl(pool) as sandbox:
        yield sandbox


def programs(seed: int) -> Iterator[str]:
    """Programs that CPython can compile."""
    for number in itertools.count(seed):
        text = derive("STMT", random.Random(number)).text()  # noqa: S311  # a seed
        try:
            compile(text, "", "exec", dont_inherit=True)
        except (SyntaxError, SyntaxWarning, ValueError):
            continue
        yield text


def test_no_program_of_a_sample_differs_unseen(pool: monty.Monty, cpython: CPython) -> None:
    found = list(differences(pool, cpython, itertools.islice(programs(0), SAMPLE)))
    assert [one for one in found if one is not None and one.how == "silent"] == []
    assert found.count(None) > LEAST_SAME * SAMPLE


GEN = "def gen(n):\n    print('start')\n    for i in range(n):\n        print('make', i)\n        yield i\n        print('after', i)\n    print('end')\n"
SAME = {
    "attributes of values": "print(hasattr('', 'strip'), getattr('a', 'upper', None)(), hasattr(3, 'nope'), getattr([3, 1], 'count')(3), hasattr('', '__iter__'), hasattr(3, '__iter__'))",
    "attributes of objects": "class A:\n    @property\n    def p(self): return 5\nclass B(A): pass\nprint(hasattr(B(), 'p'), getattr(B(), 'p'), getattr(A(), 'x', 0), hasattr(A(), 'x'))",
    "looked up by a variable": "for name in ['upper', 'lower', 'strip']:\n    print(getattr(' aB ', name)())",
    "subclasses": "class A: pass\nclass B(A): pass\nclass Own(ValueError): pass\nprint(issubclass(B, A), issubclass(A, B), issubclass(Own, ValueError), issubclass(Own, KeyError), issubclass(KeyError, LookupError), issubclass(B, object))",
    "a suppressed error": "import contextlib\nclass Own(ValueError): pass\nwith contextlib.suppress(Own):\n    raise Own('x')\nwith contextlib.suppress(ValueError):\n    raise Own('x')\nprint('on')",
    "what `__exit__` is told": "class Own(ValueError): pass\nclass CM:\n    def __enter__(self): return 1\n    def __exit__(self, t, v, tb):\n        print(t.__name__, v)\n        return True\nwith CM():\n    raise Own('said')",
    "an error in a variable": "kind = ValueError\ntry:\n    raise kind(3)\nexcept ValueError as e:\n    print(e, repr(e), e.args)",
    "errors in a variable": "class Own(Exception): pass\nkinds = (Own, KeyError)\ndef f(kinds=kinds):\n    try:\n        raise Own('it')\n    except kinds as e:\n        print(e)\nf()",
    "an error in a list": "errors = [TypeError(1)]\nfor e in errors:\n    print(repr(e), f'{e!r}')",
    "a future's error": "from concurrent.futures import ThreadPoolExecutor\nclass Own(Exception): pass\ndef f(x): raise Own('bad ' + x)\nwith ThreadPoolExecutor() as ex:\n    future = ex.submit(f, 'a')\nprint(future.exception(), type(future.exception()).__name__)",
    "groups that are not there": "m = re.search('(a)|(?P<b>b)', 'b')\nprint(m.groups('-'), m.groupdict(0), m.lastgroup)",
    "a replacement that is none": "print(re.sub('b', r'\\d', 'abc'))",
    "a group that is not there": "print(re.sub('b', r'\\1', 'abc'))",
    "a pattern as written": "p = re.compile(r'\\b\\w+$', re.M)\nprint(p, p.pattern, p.groups, p.search('a b'))",
    "wrapped text": "print(textwrap.wrap('  A well-known brown-fox -- jumped\\tover antidisestablishmentarianism', 12), textwrap.shorten('hello there world', 12))",
    "latin-1": "print('é€'.encode('latin-1', 'replace'), 'Ã©'.encode('latin1').decode(), bytes([97, 233]).decode('ISO-8859-1'))\n'a€'.encode('latin-1')",
    "a flag that is none": "print(sorted([2, 1], key=abs, reverse=len('ab') > 1))\nsorted([2, 1], reverse=None)",
    "bytes of numbers": "print(bytes([65, 66]), bytes(2), (5).bit_length(), 2.0.is_integer(), date(2024, 1, 1).isocalendar()[1])",
    "a method of a type": "print(list(map(str.upper, ['a'])), str.split('a b', maxsplit=1), dict.get(Counter('a'), 'a'), int.bit_length(True), float.is_integer(2.0), str.translate('abc', {97: None}), list(map(str.encode, ['a'])), max(['b', 'a'], key=str.lower))",
    "a method of a type with a value of another": "for f in [lambda: str.upper(5), lambda: list.index('abc', 'b'), lambda: str.count([1, 1], 1), lambda: list(map(str.strip, ['a', 5])), lambda: sorted([1, 2], key=str.lower), lambda: dict.get([1], 0), lambda: re.sub('a', str.upper, 'a'), lambda: int.bit_length(1.5)]:\n    try:\n        print(f())\n    except Exception as e:\n        print(type(e).__name__, e)",
    "a set made smaller": "s = {1, 2, 3}\ns.difference_update([1])\nprint(s)\ns.intersection_update({2})\nprint(s)",
    "a generator that stops early": f"{GEN}for x in gen(5):\n    print('got', x)\n    if x: break",
    "a generator in turns": f"{GEN}g = gen(2)\nprint('made')\nprint(next(g), next(g), next(g, 'none'), list(g))",
    "a generator without end": "def gen():\n    n = 0\n    while True:\n        yield n\n        n += 1\nprint(list(itertools.islice(gen(), 3)), next(x for x in gen() if x > 4))",
    "a generator of blocks": "def gen(x):\n    try:\n        for line in x:\n            if line:\n                yield line\n                print('after', line)\n            else:\n                continue\n    except ValueError as e:\n        yield str(e)\n    else:\n        yield 'else'\n    match x:\n        case [a, *_]: yield a\n        case _: yield 'other'\ndef bad():\n    yield 1\n    raise ValueError('bad')\nprint(list(gen([1, 0, 2])), list(gen('ab')), list(gen(bad())))",
    "a generator of loops": "def gen():\n    for i in range(3):\n        for j in range(3):\n            if j > i: break\n            if i == 1: continue\n            yield i, j\n            print('next')\n        else:\n            yield 'all', i\n    while i < 5:\n        i += 1\n        yield i\nprint(list(gen()))",
    "a generator with `with`": "class CM:\n    def __enter__(self): return 'in'\n    def __exit__(self, *a): print('out', a[0])\ndef gen():\n    with CM() as c:\n        yield c\n        yield 2\nfor x in gen():\n    print(x)",
    "a generator that calls next": "def gen():\n    yield next(iter([]))\nlist(gen())",
    "a generator expression in turns": "g = (print('x', i) or i + y for i in range(3) for y in (10, 20))\nprint(next(g), next(g), list(g), list(g))",
    "map in turns": "m = map(lambda x: print('m', x) or x, [1, 2, 3])\nprint('made')\nprint(next(m), list(m), list(m))",
    "a loop over enumerate": "for i, x in enumerate(map(lambda v: print('v', v) or v, [1, 2, 3])):\n    print(i, x)\n    if i: break",
    "pairs of one iterator": "it = iter([1, 2, 3, 4, 5])\nprint(list(zip(it, it)), list(it), list(zip(*[iter('abcd')] * 2)))",
    "any and all": "print(any(print('t', x) or x > 1 for x in [1, 2, 3]), all(print('a', x) or x < 2 for x in [1, 2, 3]), 2 in (print('i', x) or x for x in [1, 2, 3]))",
    "parts of seconds": "print(timedelta(seconds=1.5), timedelta(0.5, hours=0.25), timedelta(days=1, minutes=2))",
    "spans of time": "print(timedelta(weeks=1.5).total_seconds(), isinstance(timedelta(1), timedelta))",
    "uneven lengths": "print(list(zip([1, 2], 'ab', strict=True)))\nfor a, b in zip(iter([1, 2]), 'a', strict=True):\n    print(a, b)",
}  # fmt: skip
"""Programs that once differed."""


@pytest.mark.parametrize("name", SAME)
def test_a_program_does_what_it_does_in_cpython(repl: Sandbox, cpython: CPython, name: str) -> None:
    expected = cpython.run(SAME[name])
    found = in_sandbox(repl, SAME[name])
    assert (found.printed, found.kind) == (expected.printed, expected.kind)


METHODS = [
    "bit_length()", "bit_count()", "is_integer()", "isocalendar()", "difference_update([1])", "intersection_update([1])",
    "symmetric_difference_update([1])", "format_map({})", "move_to_end(1)", "popitem(last=True)", "expand('')", "encode()", "decode()",
]  # fmt: skip
"""Those that the sandbox has functions for."""
VALUES = "0.0, 1.5, 'a', [1], {1}, (1,), None, range(3), len, Counter('a'), defaultdict(int), frozenset([1]), timedelta(days=1), Own()"


@pytest.mark.parametrize("method", METHODS)
def test_a_method_of_another_type_is_missing_as_in_cpython(repl: Sandbox, cpython: CPython, method: str) -> None:
    program = (
        "class Own: pass\n"
        f"for x in [{VALUES}]:\n"
        "    try:\n"
        f"        print(type(x).__name__, x.{method})\n"
        "    except Exception as e:\n"
        "        print(type(e).__name__, e)"
    )
    expected = cpython.run(program)
    assert (expected.error, in_sandbox(repl, program)) == ("", expected)


def test_a_method_of_an_own_class_is_called_though_builtin_types_have_one_of_its_name(repl: Sandbox) -> None:
    calls = ", ".join(f"Own().{method}" for method in METHODS)
    names = [method.partition("(")[0] for method in METHODS]
    own = "class Own:\n" + "\n".join(f"    def {name}(self, *args, **more): return {name!r}" for name in names)
    assert in_sandbox(repl, f"{own}\nprint({calls})").printed == f"{' '.join(names)}\n"


def test_an_error_of_an_earlier_cell_is_caught_by_its_own_name(repl: Sandbox) -> None:
    in_sandbox(
        repl, "def caught(f):\n    try:\n        f()\n    except Exception as e:\n        print(type(e).__name__, e)"
    )
    assert in_sandbox(repl, "class Late(Exception): pass\ndef fail(): raise Late('it')\ncaught(fail)") == Told(
        "Late it\n"
    )


ASKED = {
    "for a in map(llm_query, ps):\n    break": 1,
    "for i, a in enumerate(llm_query(p) for p in ps):\n    if i: break": 2,
    "for p, a in zip(ps, map(llm_query, ps)):\n    break": 1,
    "next(filter(lambda p: len(llm_query(p)), ps))": 1,
    "next(gen())": 1,
    "for a in gen():\n    break": 1,
    "g = gen()\nnext(g), next(g)": 2,
    "def first(it):\n    for x in it:\n        return x\nfirst(gen())": 1,
    "itertools.islice(gen(), 2)": 0,
    "list(itertools.islice(map(llm_query, ps), 2))": 2,
    "list(itertools.takewhile(lambda a: False, gen()))": 1,
    "any(llm_query(p) for p in ps)": 1,
    "any(map(llm_query, ps))": 1,
    "all(not llm_query(p) for p in ps)": 1,
    "llm_query('p0') in (llm_query(p) for p in ps)": 2,
    "next(p for p, a in zip(ps, map(llm_query, ps)) if a)": 1,
    "def both():\n    yield from gen()\nnext(both())": 1,
    "def found():\n    for a in gen():\n        return a\nfound()": 1,
    "class C:\n    def __iter__(self):\n        yield from map(llm_query, ps)\nfor x in C():\n    break": 1,
    "list(map(llm_query, ps))": 4,
    "[a for a in gen()]": 4,
    "sorted(gen())": 4,
    "sum(1 for a in gen())": 4,
    "dict(zip(ps, map(llm_query, ps)))": 4,
    "a, *b = gen()": 4,
    "print(*gen())": 4,
}
"""Programs, and how many questions they ask of four."""


@pytest.mark.parametrize("program", ASKED)
def test_no_more_is_asked_than_in_cpython(repl: Sandbox, program: str) -> None:
    start = (
        "import itertools\nps = ['p0', 'p1', 'p2', 'p3']\ndef gen():\n    for p in ps:\n        yield llm_query(p)\n"
    )
    run = Sandbox(repl.session).execute([start + program])
    assert run.error == ""
    assert sum(map(len, run.rounds)) == ASKED[program]


def test_a_question_where_none_can_wait_is_refused_with_what_to_write(repl: Sandbox) -> None:
    program = "class A:\n    def __contains__(self, x): return llm_query('p')\n1 in A()"
    assert "ask in a `for` loop" in Sandbox(repl.session).execute([program]).error


def test_a_line_of_a_generator_is_traced(repl: Sandbox) -> None:
    error = Sandbox(repl.session).execute(["def gen():\n    yield 1\n    yield 1 / 0\n\nlist(gen())"]).error
    assert "line 3, in gen\n    yield 1 / 0" in error


@pytest.mark.parametrize(
    ("told", "how"),
    [
        (Told("a\n"), None), (Told("b\n"), "silent"), (Told("a\n", "ValueError: x"), "loud"), (Told("", "TypeError: x"), "loud"),
        (Told("", "Line 1: no", refused=True), "refused"),
    ],
)  # fmt: skip
def test_a_difference_is_silent_unless_the_sandbox_refuses_or_fails(told: Told, how: str | None) -> None:
    found = compared("", Told("a\n"), told)
    assert (found and found.how) == how


def test_one_float_written_in_two_ways_is_a_known_difference() -> None:
    print_it = "print(630297127962535.25)"
    known = compared(print_it, Told("630297127962535.2\n"), Told("630297127962535.3\n"))
    other = compared(print_it, Told("630297127962535.2\n"), Told("630297127962535.4\n"))
    assert [known and known.how, other and other.how] == ["known", "silent"]


def test_errors_of_one_kind_differ_in_their_words_at_most() -> None:
    found = compared("", Told("", "KeyError: 1"), Told("", "KeyError: '1'"))
    assert found is not None
    assert found.how == "message"


def test_a_program_is_shrunk_to_what_differs() -> None:
    made = Derivation("STMT", "print(~X~, ~I~)", [derive("X", random.Random(3)), Derivation("I", "7")])  # noqa: S311
    assert simpler(made, lambda program: "7" in program).text() == "print(None, 7)"
    assert "~" not in GRAMMAR["X"][0]


@pytest.mark.slow
def test_no_program_of_many_differs_unseen(pool: monty.Monty, cpython: CPython) -> None:
    found = differences(pool, cpython, itertools.islice(programs(1_000_000), 20_000))
    assert [one for one in found if one is not None and one.how == "silent"] == []
