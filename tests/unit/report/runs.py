"""Real runs for the page: through `RLM` over the model server, with what a model might write and say."""

import random
from typing import Any

from langchain_rlm import RLM, Budget, RLMResult
from langchain_rlm.journal.record import Recording
from tests.server.client import ModelServer
from tests.unit.report.records import prose

QUESTION = "Which supply contracts may we end this year, and on what notice?"
TERMS = {
    "Aldermoor Steel": (
        "Either party may end this agreement on ninety days' written notice given before the first day of October.",
        "The price follows the quarterly steel index.",
    ),
    "Brightwater Cold Storage": (
        "This agreement renews for two years unless notice is given six months before it ends.",
        "It ends on the last day of March 2028. No right of earlier termination is granted to the customer.",
    ),
    "Calloway Freight": (
        "The customer may terminate for convenience on thirty days' notice, subject to a fee of two monthly minimums.",
        "Late delivery of more than five loads in a quarter allows termination at once and without a fee.",
    ),
    "Denholm Packaging": (
        "The parties may end this agreement by mutual consent only until the tooling has been paid for.",
        "The tooling is paid for in thirty-six instalments, the last of them due in May 2029.",
    ),
}
ANSWER = """Two of the four contracts may be ended this year.

Aldermoor Steel: on ninety days' written notice, given before the first of October [1].
Calloway Freight: on thirty days' notice with a fee of two monthly minimums [2], or at once and without a fee \
after more than five late loads in a quarter [3].

Brightwater Cold Storage runs to March 2028 [4], and Denholm Packaging ends by mutual consent only."""
LOOK = """I'll look at how the contracts are built before I ask about them.

```repl
for source, text in zip(sources, context):
    print(source["name"], len(text), text[:600])
```"""
ASK = """They all have numbered clauses. I'll ask a sub-model about every part that could bear on an end.

```repl
parts = [(n, part) for n, text in enumerate(context) for part in chunks(text, size=1_500)]
parts = [(n, part) for n, part in parts if any(word in part for word in ("agreement", "terminat", "flood", "tooling"))]
# one question for every part, all at once
found = llm_query_batched(
    ["Quote what this part says about ending the contract.\\n\\n" + part for _, part in parts], on_error="return"
)
notes = [f"{sources[n]['name']}: {said}" for (n, _), said in zip(parts, found) if "none" not in str(said)]
print(f"parts {len(parts)}", *notes, sep="\\n")
```"""
CHECK = """Calloway has two ways out, and Denholm depends on its instalments. Both deserve a closer reading.

```repl
calloway, denholm = rlm_query_batched(
    ["When does late delivery end the contract?", "When is the tooling paid for?"], [context[2], context[3]]
)
print("checked", calloway, denholm)
```"""
BELOW = """```repl
hits = [line for line in context.splitlines() if "{word}" in line]
said = llm_query("Say in a sentence what these lines mean.\\n\\n" + "\\n".join(hits))
FINAL(said)
```"""


CLAUSES = (
    "The supplier delivers to the gate of the plant between {a} and {b} o'clock on working days.",
    "Each load carries a note of its weight, its batch and the number of the order.",
    "Invoices are due {a}{b} days after they arrive, and may be sent no more often than every {b} days.",
    "The customer inspects the goods within {b} days and reports what is wrong with them in writing.",
    "Goods that were refused are fetched back within {a} days at the supplier's expense.",
    "Prices are reviewed every {b} months; a change of more than {a} per cent needs the consent of both.",
    "Drawings and samples stay the property of the party that made them.",
    "The supplier keeps records of every batch for {b} years and shows them on request.",
    "Insurance of at least {a},{b}00,000 euros is kept for damage to persons and to property.",
    "A party that is prevented by flood, fire or strike tells the other within {b} days.",
    "Disputes go to the managers of both parties first, who have {a}0 days to settle them.",
    "Packaging is returned empty and clean; what is missing is charged at cost.",
    "The forecast for the next {b} months is given on the first working day of each month.",
)


def filler(characters: int, seed: int) -> str:
    """Clauses of a contract that say nothing of its end."""
    draw = random.Random(seed)  # noqa: S311  # always the same
    clauses: list[str] = []
    size = 0
    while size < characters:
        text = " ".join(draw.choice(CLAUSES).format(a=draw.randint(2, 9), b=draw.randint(3, 8)) for _ in range(3))
        clauses.append(f"{draw.randint(1, 6)}.{len(clauses) + 1}  {text}")
        size += len(text)
    return "\n".join(clauses)


def contracts() -> dict[str, str]:
    """The texts: terms among much that is beside the point."""
    texts = {}
    for seed, (name, terms) in enumerate(TERMS.items()):
        parts = [f"SUPPLY AGREEMENT with {name}\n\n{filler(9_000, seed)}"]
        parts += [f"\n{place + 7}.1  {term}\n{filler(7_000, 10 * seed + place)}" for place, term in enumerate(terms)]
        texts[f"{name.lower().replace(' ', '-')}.txt"] = "".join(parts)
    return texts


def recursive(server: ModelServer) -> Recording:
    """A run of three turns: looking, 24 sub-queries of which two fail, two recursive runs."""
    rules = [
        {"match": r"<question>\nWhen does late", "reply": BELOW.format(word="Late delivery")},
        {"match": r"<question>\nWhen is the tooling", "reply": BELOW.format(word="tooling")},
        {"match": r"^checked", "reply": f"That settles it.\n\n```repl\nFINAL({ANSWER!r})\n```"},
        {"match": r"^parts", "reply": CHECK},
        {"match": r"^aldermoor-steel.txt", "reply": ASK},
    ]
    terms = "|".join(f"{term[:40]}[^\\n]*" for pair in TERMS.values() for term in pair if "price" not in term)
    said = [
        {"match": "Say in a sentence.*(Late delivery[^\\n]*)", "reply": r"\1"},
        {"match": "Say in a sentence.*(instalments[^\\n]*)", "reply": r"The tooling is paid for in \1"},
        {"match": f"({terms})", "reply": r"It says: \1"},
    ]
    faults = [{"kind": "refusal", "match": "refused.*flood.*refused"}]
    sub = {"kind": "rules", "rules": said, "default": "none", "latency": 0.12, "faults": faults, "rpm": None}
    root = {"kind": "rules", "rules": rules, "default": LOOK, "latency": 0.2}
    server.configure(models={"gpt-5": root, "gpt-5-mini": sub})
    models = (server.chat_model(name, keep_alive=True) for name in ("gpt-5", "gpt-5-mini"))
    rlm = RLM(*models, route="rlm", budget=Budget(depth=2), max_concurrency=8)
    texts = contracts()
    result = rlm.invoke({"question": QUESTION, "context": texts})
    return record(result, texts)


def failing(server: ModelServer) -> Recording:
    """A run whose sub-queries all fail and whose code raises, out of turns in the end."""
    cell = "```repl\nprint('asking')\nfound = llm_query('What is in ' + context[100:400])\n```"
    server.configure(models={
        "root": {"kind": "rules", "rules": [], "default": cell},
        "sub": {"kind": "echo", "faults": [{"kind": "refusal"}]},
    })  # fmt: skip
    models = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    text = prose(3_000)
    rlm = RLM(*models, route="rlm", budget=Budget(turns=3))
    return Recording.of(rlm.invoke({"question": "What is in it?", "context": text}), [text])


def many(server: ModelServer, sub_queries: int = 200) -> Recording:
    """A run of one turn that asks many sub-queries."""
    code = f"step = len(context) // {sub_queries}\nFINAL(str(len(llm_query_batched(['Read: ' + context[n * step:"
    cell = f"```repl\n{code}(n + 1) * step] for n in range({sub_queries})]))))\n```"
    server.configure(models={"root": {"kind": "rules", "rules": [], "default": cell}, "sub": {"kind": "echo"}})
    models = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    text = prose(400 * sub_queries)
    result = RLM(*models, route="rlm").invoke({"question": "How many parts?", "context": text})
    return Recording.of(result, [text])


def record(result: RLMResult, texts: dict[str, str]) -> Recording:
    """The record of the run over the contracts, with the passages that its answer marks."""
    quotes = [TERMS["Aldermoor Steel"][0], *TERMS["Calloway Freight"], TERMS["Brightwater Cold Storage"][1]]
    cited = [_citation(mark, quote, texts) for mark, quote in enumerate(quotes, 1)]
    return Recording.of({**result, "citations": cited}, [*texts.values()])


def _citation(mark: int, quote: str, texts: dict[str, str]) -> dict[str, Any]:
    for index, (name, text) in enumerate(texts.items()):
        start = text.find(quote)
        if start >= 0:
            place = {"start": start, "end": start + len(quote), "line": text.count("\n", 0, start) + 1, "page": None}
            return {"mark": mark, "quote": quote, "text": quote, "document": f"d{index}", "name": name, **place}
    raise LookupError(quote)
