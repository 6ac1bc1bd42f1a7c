"""Time, memory and what crosses to the host: each is bounded by the limits of the REPL, whatever the code does."""

from tests.hostile.attempts import BOUNDED, OBSERVED, STOPPED, Attempt, attempt

DOUBLED = "a = ['x']\nfor _ in range(34):\n    a = [a, a]\n"
DEEP = "a = []\nfor _ in range(20_000):\n    a = [a]\n"

TIME: tuple[Attempt, ...] = (
    attempt("endless loop", "while True:\n    pass", ends=STOPPED, said="seconds"),
    attempt("endless loop that catches all", "while True:\n    try:\n        while True:\n            pass\n"
            "    except BaseException:\n        pass", ends=STOPPED, said="seconds"),
    attempt("endless loop in finally", "try:\n    1 / 0\nfinally:\n    while True:\n        pass", ends=STOPPED),
    attempt("endless iterator", "import itertools\nlist(itertools.count())", ends=STOPPED),
    attempt("endless loop in repr", "class A:\n    def __repr__(self):\n        while True:\n            pass\n"
            "print(A())", ends=STOPPED),
    attempt("endless loop after FINAL", "try:\n    FINAL('x')\nexcept BaseException:\n    while True:\n        pass",
            ends=OBSERVED),
    attempt("exponents", "x = 10 ** 10 ** 8", ends=STOPPED),
    attempt("shifts", "x = 1 << (1 << 40)", ends=STOPPED),
    attempt("catastrophic expression", "import re\nre.match('(a+)+$', 'a' * 40 + 'b')", ends=OBSERVED),
    attempt("catastrophic back-reference", "import re\nre.match(r'(a*)*\\1$', 'a' * 5_000 + 'b')"),
    attempt("expression of a million groups", "import re\nre.compile('(a)' * 1_000_000)", ends=BOUNDED),
    attempt("counted repeats", "import re\nre.match('(((a{1,99}){1,99}){1,99}){1,99}b', 'a' * 500)"),
    attempt("budget() for ever", "while True:\n    budget()", ends=STOPPED, said="stopped"),
    attempt("undefined names for ever", "while True:\n    try:\n        nothing()\n    except NameError:\n        pass",
            ends=STOPPED),
)  # fmt: skip

MEMORY: tuple[Attempt, ...] = (
    attempt("one huge text", "x = 'a' * 10 ** 12", ends=STOPPED, said="memory"),
    attempt("doubling text", "x = 'a'\nwhile True:\n    x += x", ends=STOPPED, said="memory"),
    attempt("many objects", "x = [[n] for n in range(10 ** 8)]", ends=STOPPED),
    attempt("huge range as a list", "x = list(range(10 ** 9))", ends=STOPPED),
    attempt("padding", "x = '%' + '9' * 12 + 'd'\nprint(x % 1)", ends=BOUNDED),
    attempt("padding in a format", "print(f'{1:>1000000000000}')", ends=STOPPED),
    attempt("replacing with longer text", "x = ('a' * 10 ** 6).replace('a', 'b' * 10 ** 6)", ends=STOPPED),
    attempt("deep recursion", "def f(n):\n    return f(n + 1)\nf(0)", said="RecursionError"),
    attempt("deep data printed", DEEP + "print(len(str(a)) > 0)", ends=OBSERVED),
)

HANDED_OVER: tuple[Attempt, ...] = (
    attempt("flood of output", "while True:\n    print('x' * 10_000)", said="output limit"),
    attempt("flood past print", "while True:\n    _rlm_builtin_print('x' * 10_000)", ends=STOPPED, unlowered=True),
    attempt("flood with the limit lifted", "_rlm_settings['print_limit'] = 10 ** 12\nwhile True:\n"
            "    print('x' * 10_000)", ends=STOPPED, unlowered=True),
    attempt("flood of standard error", "import sys\nwhile True:\n    print('x' * 10_000, file=sys.stderr)"),
    attempt("answer of shared lists", DOUBLED + "FINAL(a)", ends=BOUNDED),
    attempt("answer of shared texts", "FINAL(['a' * 10 ** 6] * 600)", said="too much to hand over"),
    attempt("draft of shared texts", "answer['content'] = ['a' * 10 ** 6] * 3_000\nanswer['ready'] = True",
            said="too much to hand over"),
    attempt("questions of shared texts", "llm_query_batched(['a' * 10 ** 6] * 600)", said="too much to hand over"),
    attempt("contexts of shared texts", "rlm_query('q', ['a' * 10 ** 6] * 600)", said="too much to hand over"),
    attempt("shared lists to an unknown function", DOUBLED + "nothing(a)", said="NameError"),
    attempt("answer that holds itself", "a = []\na.append(a)\nFINAL(a)", ends=BOUNDED),
    attempt("answer nested deeply", DEEP + "FINAL(a)", said="nested too deeply"),
    attempt("answer of too many digits", "FINAL(10 ** 5_000)", said="a number too long"),
    attempt("a million questions", "_rlm_host_ask('llm', ['x'] * 100_001, None, None, True)", unlowered=True,
            ends=BOUNDED),
    attempt("a batch of too many questions", "llm_query_batched(['a'] * 200_000)", said="100,000 is the most"),
    attempt("a tool's shared arguments", DOUBLED + "search(a)", ends=BOUNDED),
    attempt("a tool's shared named arguments", "search(1, words=['a' * 10 ** 6] * 3_000)",
            said="too much to hand over"),
    attempt("a tool's shared arguments side by side", "import asyncio\nasync def f():\n    return await search(["
            "'a' * 10 ** 6] * 3_000)\nprint(asyncio.run(f()))", said="too much to hand over"),
    attempt("answer of a deque", DOUBLED + "from collections import deque\nFINAL(deque(a))", ends=BOUNDED),
    attempt("answer in an object", DOUBLED + "class A:\n    def __init__(self, v):\n        self.v = v\nFINAL(A(a))",
            ends=OBSERVED, said="<A object"),
    attempt("answer of shared long numbers", "FINAL([10 ** 4_000] * 900_000)", ends=BOUNDED),
    attempt("answer of one number in a list", "FINAL([10 ** 50_000])", said="a number too long"),
    attempt("names of types", "from collections import namedtuple\nT = namedtuple('a' * 10 ** 6, 'f')\n"
            "FINAL([T(1)] * 3_000)", said="too much to hand over"),
    attempt("variables of a type with a long name", "from collections import namedtuple\nT = namedtuple('a' * 10 ** 6, "
            "'f')\nv = T(1)\n" + "\n".join(f"v{n} = v" for n in range(300)), ends=OBSERVED),
    attempt("code nested deeply", "x = " + "+".join(["1"] * 5_000), said="nested too deeply"),
    attempt("code of signs", "x = " + "-" * 50_000 + "1", said="nested too deeply"),
    attempt("code of branches", "x = 1\nif x == 0:\n    pass\n" + "elif x:\n    pass\n" * 3_000,
            said="nested too deeply"),
    attempt("an error of megabytes", "raise ValueError('x' * 10 ** 6)", said="characters more"),
)  # fmt: skip
