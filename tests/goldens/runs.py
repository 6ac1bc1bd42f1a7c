"""The runs behind the goldens: what each is asked, over which text, how it is set up, and what its models say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from pydantic import BaseModel, Field

from langchain_rlm import RLM, Budget, ReplLimits

THREAD: Any = {"configurable": {"thread_id": "1"}}
GEESE = "".join(f"Line {number}: the {number * 7919 % 9973} geese have landed.\n" for number in range(120))
DUCKS = "".join(f"Line {number}: no ducks, but {number * 31 % 97} swans.\n" for number in range(60))
LARGE = "".join(f"Item {number} weighs {number * 7919 % 9973} grams.\n" for number in range(1_000))
WORDS = """Straße — 東京 🦆\U0001f468\u200d\U0001f469\u200d\U0001f467
Zwölf Boxkämpfer\u2028naïve café
\u05e9\u05dc\u05d5\u05dd
"""
UNPRICED = "the models of a record have no price, so nobody is asked, and what was denied is not on record"
RANDOM = "it prints a random number and the time, which are drawn anew"
ONCE = "what was forked is answered as if it had been so from the first"
FAILS = "it ends with the error that is on record"


def cell(code: str) -> str:
    return f"```repl\n{code.strip()}\n```"


class Weighed(BaseModel):
    """The form of an answer, which is not how the code gives it."""

    grams: float = Field(gt=0)
    unit: str = "g"


@tool
def price_of(item: str, currency: str = "EUR") -> str:
    """The price of an item."""
    return f"{len(item)} {currency}"


async def weight_of(item: str) -> dict[str, Any]:
    """The weight of an item in grams."""
    return {"item": item, "grams": len(item) * 10}


def refuse(item: str) -> str:
    """Never works."""
    msg = f"no such item: {item}"
    raise LookupError(msg)


class Shelf(BaseRetriever):
    """Finds two documents for any query."""

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:  # noqa: ARG002
        return [
            Document(f"About {query}: it is drunk hot.", metadata={"source": "hot.txt"}),
            Document("Milk is drunk cold.", metadata={"source": "cold.txt"}),
        ]


@dataclass(frozen=True)
class Golden:
    """A run that is kept.

    Args:
        replies: What the root model says, in order; a dict configures it otherwise; nothing: the offline model.
        context: What the run is asked about.
        steps: The question, then further questions, decisions (a `Command`) and forks (a dict without `question`).
        settings: Of the `RLM`.
        models: Of the server: what differs from a root model with those replies and a sub-model that echoes.
        sub: The name of the sub-model.
        command: It is run by `langchain-rlm ask` instead.
        not_again: Why `ReplayChatModel` cannot give the answer.
        other_steps: Why it comes to the answer by other entries.
    """

    replies: tuple[Any, ...] | dict[str, Any]
    context: Any = GEESE
    steps: tuple[Any, ...] = ({"question": "How many geese?"},)
    settings: Mapping[str, Any] = field(default_factory=dict)
    models: Mapping[str, Any] = field(default_factory=dict)
    sub: str = "sub"
    command: bool = False
    not_again: str = ""
    other_steps: str = ""

    def config(self) -> dict[str, Any]:
        """What the model server is to do."""
        root = self.replies if isinstance(self.replies, dict) else {"kind": "script", "replies": [*self.replies]}
        return {self.sub: {"kind": "echo"}, **self.models, "root": {**root, **self.models.get("root", {})}}

    def rlm(self, root: Any, sub: Any = None, other: Any = None) -> RLM:
        settings = {"route": "rlm", "checkpointer": InMemorySaver(), **self.settings}
        return RLM(root, sub, sub_models={"other": other} if "third" in self.models else {}, **settings)

    def run(self, rlm: RLM, steps: Sequence[Any]) -> Any:
        """Take the steps, and return the last result."""
        first, *more = steps
        result: Any = rlm.invoke({"question": first["question"], "context": self.context}, THREAD)
        for step in more:
            if isinstance(step, Command) or "question" in step:
                result = rlm.invoke(step, THREAD)
            else:
                result = rlm.invoke(None, rlm.fork(THREAD, **step))
        return result

    @property
    def questions(self) -> list[Any]:
        """The steps that a first run takes."""
        return [step for step in self.steps if isinstance(step, dict) and "question" in step]

    @property
    def texts(self) -> list[str]:
        """The texts of the context, as files would hold them; empty where it is searched."""
        given = [*self.context.values()] if isinstance(self.context, dict) else self.context
        texts = (getattr(item, "page_content", item) for item in (given if isinstance(given, list) else [given]))
        return [text for text in texts if isinstance(text, str)]


BATCHES = (
    "I look first.\n" + cell("""
import random
from datetime import datetime
parts = chunks(size=1500)
print(len(parts), random.randint(1, 10**9), datetime.now().isoformat())
""") + "\nThen I ask.\n" + cell("""
found = llm_query_batched(["Count: " + part for part in parts])
print(found[0])
"""),
    cell("""
said = llm_query("Sum up: " + " ".join(found), model="other")
FINAL({"parts": len(found), "said": said, "left": budget()["sub_queries"], "none": None, "nan": float("nan")})
"""),
)  # fmt: skip
ASK_EACH = """
def ask(line):
    return llm_query("Was heißt das? 🦆 " + line)
out = []
for line in context.splitlines():
    out.append(ask(line))
print(out, sources[0]["name"], "\\ud83d")
FINAL(f"Es sind {len(out)} Zeilen 🦆\\u2028— {out[0]}")
"""
TREE = """
one = rlm_query("Cite it.", context[1])
two = rlm_query_batched(["Count them.", "Count them."], [[context[0][:300], "more"], "x" + context[0][100:500]])
three = rlm_query("Read on.\\n" + context[0][:4500])
mine = cite("Line 3: the 3811 geese", source="geese.txt")
again = rlm_query("Cite it.", context[1])
FINAL(f"{one}; {two}; {three}; {mine['mark']}; {again}")
"""
BELOW = [
    {"match": rf"<question>\n{question}", "reply": cell(code)}
    for question, code in (
        ("Cite it", "found = cite('Line 5: no ducks')\nprint(found['line'])\nFINAL('below ' + found['mark'])"),
        ("Count them", "print(type(context).__name__)\nFINAL(llm_query('Count: ' + str(context)[:200])[:20])"),
        ("The context is a", "n = rlm_query('Deeper.', context[-99:])\nFINAL([len(context), n])"),
        ("Deeper", "FINAL(len(context))"),
    )
]
FIRST = """
answers = llm_query_batched([f"Part {i}: " + context[i * 150:i * 150 + 150] for i in range(4)])
n = len(answers)
print(n)
"""
ASK_FOUR = """
answers = []
try:
    answers = llm_query_batched([f"{word} {i}: " + context[i * 900:i * 900 + 900] for i in range(4)], on_error=how)
except Exception as error:
    print(type(error).__name__, error)
print(sum(isinstance(answer, str) for answer in answers))
"""
TOOLS = """
prices = [price_of(item, currency="USD") for item in ["pen", "inkpot"]]
weight = weight_of("pen")
try:
    refuse("x")
except RuntimeError as error:
    said = str(error)
FINAL([prices, weight["grams"], said])
"""
SEARCHED = (
    cell("hits = search('tea')\nprint([hit['name'] for hit in hits])"),
    cell("texts = [fetch(hit['id']) for hit in hits]\nsaid = llm_query('How? ' + texts[0])\nFINAL([texts[1], said])"),
)
PAID = "found = llm_query_batched(['one', 'two', 'bad', 'empty']{})\nprint([str(each)[:60] for each in found])"
FAULTS = [{"kind": "content_filter", "match": "^bad$"}, {"kind": "413", "match": "^empty$"}]
ROUGH = (
    cell("x = 1\nprint('x', x)") + "\n" + cell("exec('x = 2')"),
    cell("big = []\nwhile True:\n    big.append('x' * 10_000_000 + str(len(big)))"),
    cell("y = x\n1 / 0") + "\n" + cell("FINAL('never ran')"),
    "I think that it is three.",
    {"content": "```repl\nz = 'who", "finish_reason": "length"},
    "le'\nFINAL([x, y, z])\n```",
)
SPENT = (
    cell("""
answer["content"] = "a draft"
try:
    llm_query_batched([f"{i} apples?" for i in range(5)])
except RuntimeError as error:
    print(error)
print(llm_query("one pear?"))
"""),
    cell("for i in range(2):\n    print(i, llm_query_batched(['a', 'b', 'c'], on_error='return'))"),
    cell("print('nothing')"),
)
READ = """
parts = [part for text in context for part in chunks(text, size=1000)]
notes = llm_query_batched(["Read: " + part for part in parts])
mark = cite("Line 3: the 3811 geese")["mark"]
other = cite("no ducks, but 31 swans", source="ducks.txt")
try:
    cite("the llamas have landed")
except Exception as error:
    print(error)
"""
BIRDS = {"geese.txt": GEESE, "ducks.txt": DUCKS}

GOLDENS: dict[str, Golden] = {
    "batches": Golden(
        BATCHES, settings={"max_concurrency": 1}, other_steps=RANDOM,
        models={"sub": {"kind": "echo", "latency": 1}, "third": {"kind": "rules", "default": "Many."}},
    ),
    "loop": Golden(
        (cell(ASK_EACH),), Document(WORDS, metadata={"source": "Wörter 🦆 \udcff"}),
        ({"question": "Was heißt das? 🦆"},),
        models={"sub": {"kind": "rules", "default": "halb \ud83d, ganz \U0001f986"}},
    ),
    "recursion": Golden(
        {"kind": "rules", "default": cell(TREE), "rules": BELOW}, BIRDS, settings={"budget": Budget(depth=3)},
    ),
    "forked": Golden(
        (
            cell(FIRST), cell("more = llm_query('More of ' + answers[1])\nboth = [n, more]\nprint(both)"),
            "FINAL_VAR(both)",
        ),
        steps=(
            {"question": "How many geese?"},
            {"turn": 1, "code": FIRST + "n += len(llm_query('something new'))"},
            {"call": "10", "answer": "SOMETHING ELSE"},
        ),
        other_steps=ONCE,
    ),
    "confirmed": Golden(
        (
            cell("word, how = 'First', 'raise'" + ASK_FOUR), cell("word = 'Second'" + ASK_FOUR),
            cell("word, how = 'Third', 'return'" + ASK_FOUR + "FINAL([str(answer)[:40] for answer in answers])"),
        ),
        steps=(
            {"question": "How many geese?"}, Command(resume="approve"), Command(resume="deny"),
            Command(resume={"limit": 0.008}),
        ),
        settings={"budget": Budget(confirm_above=0.01)}, sub="gpt-4o", not_again=UNPRICED,
    ),
    "tools": Golden((cell(TOOLS),), settings={"tools": [price_of, weight_of, refuse]}),
    "searched": Golden(SEARCHED, Shelf(), ({"question": "How is tea drunk?"},)),
    "failures": Golden(
        (cell(PAID.format("")), cell(PAID.format(", on_error='return'")), cell("FINAL(found[:2])")),
        models={"sub": {"faults": FAULTS}},
    ),
    "rough": Golden(ROUGH, settings={"repl_limits": ReplLimits(memory=64 * 1024 * 1024)}),
    "spent": Golden(SPENT, settings={"budget": Budget(turns=3, sub_queries=3)}),
    "direct": Golden((), DUCKS, ({"question": "How many swans are in line 5?"},), {"route": "direct"}),
    "overflow": Golden(
        (cell("print(llm_query(context[:9000]))"), cell("FINAL(len(context))")), LARGE, settings={"route": "auto"},
        models={"root": {"window": 4_000}},
    ),
    "evidence": Golden(
        (
            cell("FINAL('Many.')"), cell("FINAL('Many ' + cite('Line 3: the 3811 geese')['mark'])"),
            cell(READ + "FINAL(f\"Many {mark}, and {other['mark']}; so {mark}.\")"),
        ),
        BIRDS, settings={"require_citations": True, "require_coverage": 0.9},
    ),
    "form": Golden(
        (cell("FINAL({'grams': 'heavy'})"), cell("FINAL({'grams': '3811'})")), LARGE,
        settings={"route": "auto", "response_format": Weighed}, models={"root": {"window": 4_000}},
    ),
    "thread": Golden(
        (
            cell("found = cite('Line 3: the 3811 geese')\nFINAL('Many ' + found['mark'])"),
            cell("more = llm_query('And this? ' + context[1])\nFINAL('More ' + found['mark'] + more[:9])"),
            "I have that.", "FINAL(All of it: more geese than ducks.)",
        ),
        [GEESE, DUCKS], ({"question": "How many?"}, {"question": "And more?"}, {"question": "Which?\nAll of it."}),
    ),
    "failed": Golden(
        (cell(FIRST), {"status": 401, "body": {"error": {"message": "this key is not known"}}}),
        command=True, not_again=FAILS,
    ),
}  # fmt: skip
