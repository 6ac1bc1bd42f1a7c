"""What the reader does as a root model: it writes a program by the kind of question, over the functions of the REPL.

First it looks, then it lets sub-models read pieces (all at once) or searches with code, and code puts the answer
together. The programs are scripts that were written beforehand: that they run proves the REPL, nothing about models.
"""

import re
from collections.abc import Mapping
from string import Template

from benchmarks.quality.answers import Form, asked_in
from benchmarks.quality.counts import label_of
from langchain_rlm.testing.quality.words import DESCRIBED, THINGS

GIVEN_UP = 'I do not know how to answer that.\n\n```repl\nFINAL("The text does not say.")\n```'
_LOOK = """Let me look at the beginning first.

```repl
texts = context if isinstance(context, list) else [context]
print(len(texts), sum([len(text) for text in texts]))
print(texts[0][:500])
```"""
_SHARED = '''import re

texts = context if isinstance(context, list) else [context]
sentences = []

def facts(kinds, pieces):
    """What sub-models find in the pieces, as rows of kind, subject and value."""
    task = "List every fact of the kind " + kinds + " in this text, one a line as `- kind | subject | value`."
    rows = []
    for said in llm_query_batched([task + " NOTHING if there is none.\\n\\nText:\\n" + piece for piece in pieces]):
        for line in said.splitlines():
            parts = line.removeprefix("- ").split(" | ")
            if len(parts) == 3:
                rows.append(parts)
    return rows

def meant(described, words):
    """The word that a description means, as a sub-model says."""
    words = list(dict.fromkeys(words))
    asked = "Which of these is meant by \\"" + described + "\\"? Answer with the word alone.\\n"
    return llm_query(asked + ", ".join(words)).strip()

def sentences_with(word):
    """The sentences that have a word, found by code."""
    if not sentences:
        sentences.extend([one for text in texts for line in text.splitlines() for one in line.split(". ")])
    return "\\n".join([one.rstrip(".") + "." for one in sentences if word in one])

'''
_REFERENCE = '''
def FINAL(value):
    answer["content"], answer["ready"] = str(value), True

def chunks(size=50_000):
    """The texts in pieces, cut behind lines; small texts together."""
    pieces, left = [], "\\n".join(texts)
    while left:
        end = len(left) if len(left) <= size else left.rfind("\\n", 0, size) + 1 or size
        pieces.append(left[:end])
        left = left[end:]
    return pieces

def llm_map(items, task, labels, batch=40):
    """A label for each item."""
    head = task + "\\n\\nThe labels:\\n" + "".join(["- " + label + "\\n" for label in labels])
    groups = [items[place : place + batch] for place in range(0, len(items), batch)]
    prompts = [head + "\\nGive a line for each: its number, a colon, its label.\\n\\n" + "\\n".join([str(number) + ": " + item for number, item in enumerate(group, 1)]) for group in groups]
    return [line.split(": ")[-1] for said in llm_query_batched(prompts) for line in said.splitlines()]

'''  # noqa: E501
"""What the REPL of the reference implementation lacks of ours."""
_NAMED_CODES = """found = "\\n".join([sentences_with(name + " depot") for name in $names])
FINAL(llm_query($question + "\\n\\nText:\\n" + found))
"""
_MEANT_CODES = """codes = {subject: value for kind, subject, value in facts("code", chunks())}
FINAL("Answer: " + ", ".join([codes.get(meant(described, codes), "unknown") for described in $described]))
"""
_RIVER = """described, at = $described, $start
if described:
    marks = {value: subject for kind, subject, value in facts("mark", chunks())}
    at = marks.get(meant(described, marks), "")
for kind in ("employer", "seat", "river"):
    found = [value for said, subject, value in facts(kind, [sentences_with(at)]) if subject == at]
    at = found[0] if found else at
FINAL("Answer: " + at)
"""
_COST = """described, home = $described, $home
rows = [[line.split(",") for line in text.splitlines()[1:]] for text in texts]
if described:
    names = sorted({row[2] for row in rows[0]})
    home = meant(described, names)
members = {row[0][-5:] for row in rows[0] if row[2] == home}
prices = {row[0].lower(): int(row[1]) for row in rows[2]} if len(rows) > 2 else {}
total = 0
for row in rows[1]:
    if row[1][-5:] in members:
        total += int(row[3]) * (int(row[4]) if len(row) > 4 else prices[row[2]])
FINAL("Answer: " + str(total))
"""
_REBUILT = """if $is_searchable:
    names = {"put": "insert", "remove": "remove", "rename": "rename", "move": "top"}
    said = [one for text in texts for one in re.findall(r"edit: ([^;]+);", text)]
    edits = [(names[one.split()[0]], re.findall(r"[A-Z]\\w+", one)) for one in said]
else:
    edits = [(subject, value.split()) for kind, subject, value in facts("edit", chunks(size=20_000))]
entries = re.findall(r"(?m)^\\* (\\w+)$$", "\\n".join(texts))
after = dict(zip([""] + entries, entries + [""]))
before = {follows: entry for entry, follows in after.items()}
for doing, names in edits:
    known = [name in after for name in names]
    if known != {"insert": [False, True], "rename": [True, False]}.get(doing, [True]):
        continue  # something was overlooked
    at = names[1] if doing == "insert" else before[names[0]]
    if doing != "insert":
        follows = after.pop(names[0])
        after[at], before[follows] = follows, at
        before.pop(names[0])
    if doing != "remove":
        at = "" if doing == "top" else at
        new = names[-1] if doing == "rename" else names[0]
        follows = after[at]
        after[at], after[new] = new, follows
        before[new], before[follows] = at, new
shown, at = [], after[""]
while at:
    shown.append(at)
    at = after[at]
FINAL("Answer:\\n" + "\\n".join(shown))
"""
_FUNCTIONS = """called, shown, constant, said = $called, $shown, $constant, $said
bodies = {}
for text in texts:
    for part in re.split(r"(?m)^def ", text)[1:]:
        bodies[part.split("(")[0]] = part
if said:
    first = {word: name for text in texts for name, word in re.findall(r'(?m)^(SIGN_\\w+) = "(\\w+)"$$', text)}
    constant = first.get(meant(said, first), "")
if shown:
    drawn = {re.findall(r'Print an? (\\w+)\\.', body)[0]: name for name, body in bodies.items()}
    called = drawn.get(meant(shown, drawn), "")
if constant:
    found = [name for name, body in bodies.items() if "global " + constant + "\\n" in body]
else:
    callers = {}
    for name, body in bodies.items():
        for one in re.findall(r"(\\w+)\\(value - \\d\\)", body):
            callers.setdefault(one, []).append(name)
    found, left = [], [called]
    while left:
        for name in callers.get(left.pop(), []):
            if name not in found:
                found.append(name)
                left.append(name)
FINAL("Answer: " + ", ".join(sorted(found)))
"""
_CONFLICTS = """said, pairs = {}, []
for kind, number, value in facts("statement", chunks(size=20_000)):
    what, place, told = value.split(", ")
    for other, before in said.setdefault((what, place), []):
        if before != told:
            pairs.append("(" + other + ", " + number + ")")
    said[(what, place)].append((number, told))
FINAL("Answer:\\n" + "\\n".join(pairs))
"""
_TABLE = """wanted, label = $wanted, $label
if label:
    rows = facts("population, mayor, founded, emblem", chunks())
    things = sorted({value for kind, subject, value in rows if kind == "emblem"})
    kinds = dict(zip(things, llm_map(things, "Which kind of thing is this?", $labels)))
    wanted = [subject for kind, subject, value in rows if kind == "emblem" and kinds[value] == label]
else:
    rows = facts("population, mayor, founded", [sentences_with(name) for name in wanted])
cells = {(subject, kind): value for kind, subject, value in rows}
columns = ("population", "mayor", "founded")
lines = [[name] + [cells.get((name, column), "") for column in columns] for name in wanted]
FINAL("Answer:\\n" + "\\n".join([" | ".join(line) for line in lines]))
"""
_LINES = """months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
lines = re.findall(r"(?m)^\\w{3} \\d\\d, \\d{4} \\| \\d{5} \\| .*$$", "\\n".join(texts))
words = $words
if words:
    pattern = r"\\b(" + "|".join(words) + r")\\b"
    found = [re.findall(pattern, line) for line in lines]
    labels = [words[each[0]] if each else "" for each in found]
else:
    labels = llm_map(lines, "Which kind of thing does this line name?", $labels, batch=max(40, len(lines) // 300 + 1))
rows = []
for line, label in zip(lines, labels):
    day, user, said = line.split(" | ", 2)
    rows.append((day[8:12] + "-" + format(months.index(day[:3]) + 1, "02d") + "-" + day[4:6], user, label))

def counted(keys):
    counts = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts

def highest(counts):
    return sorted(counts, key=lambda key: (-counts[key], key))[0]

"""
_BY_LINES: Mapping[str, str] = {
    "total": 'FINAL("Answer: " + str(len([1 for day, user, label in rows if label == $b and $a in (None, user)])))',
    "months": """one = counted([day[:7] for day, user, label in rows if label == $a])
other = counted([day[:7] for day, user, label in rows if label == $b])
FINAL("Answer: " + str(len([1 for month in one if one[month] > other.get(month, 0)])))""",
    "compared": """counts = counted([label for day, user, label in rows])
gap = counts.get($a, 0) - counts.get($b, 0)
FINAL("Answer: " + ("more common" if gap > 0 else "less common" if gap else "same frequency"))""",
    "most": 'FINAL("Answer: " + highest(counted([label for day, user, label in rows])))',
    "writer": 'FINAL("Answer: " + highest(counted([user for day, user, label in rows if label == $a])))',
    "first_day": 'FINAL("Answer: " + min([day for day, user, label in rows if label == $a]))',
    "pairs_of_counts": """counts = counted([(user, label) for day, user, label in rows])
some = {user for (user, label), count in counts.items() if label == $b and count >= int($a)}
rest = {user for (user, label), count in counts.items() if label == $d and count >= int($c)} if $c else some
pairs = {(min(one, two), max(one, two)) for one in some for two in rest if one != two}
FINAL("Answer:\\n" + "\\n".join(["(" + one + ", " + two + ")" for one, two in sorted(pairs)]))""",
    "pairs_of_days": """first = {}
for day, user, label in rows:
    first[(user, label)] = min(day, first.get((user, label), day))
users = sorted([user for user, label in first if label == $a and first[(user, $a)] < first.get((user, $b), "")])
pairs = ["(" + one + ", " + two + ")" for place, one in enumerate(users) for two in users[place + 1 :]]
FINAL("Answer:\\n" + "\\n".join(pairs))""",
}


_QUESTION = re.compile(r"<question>(.*?)</question>|Answer the following: (.*?)\n\nYour context is", re.DOTALL)


def root_reply(first: str, turns: int) -> str:
    """What the root model says in its next turn, to the first message of a run and after so many turns."""
    asked = asked_in(first)
    if asked is None or turns > 1:
        return GIVEN_UP
    return _LOOK if turns == 0 else f"Now a program for this question.\n\n```repl\n{_program(*asked)}```"


def _program(form: Form, match: re.Match[str]) -> str:
    question = next(filter(None, _QUESTION.findall(match.string)[0])).strip()
    described = re.findall(r'"(.+?)"', match[0])
    described = [one for one in described if one in DESCRIBED.values()]
    values: dict[str, object] = {"question": question, "described": described, "labels": [*THINGS]}
    groups = [*match.groups(), *[None] * 4]
    match form.kind:
        case "needle":
            values["names"] = re.findall(r"the (\w+) depot", match[0])
            code = _MEANT_CODES if described else _NAMED_CODES
        case "hops" | "join":
            values["described"] = "".join(described)
            values["start"] = values["home"] = re.sub("^the firm that employs ", "", groups[0] or "")
            code = _RIVER if form.kind == "hops" else _COST
        case "rebuild":
            values["is_searchable"] = "edits" in match[0]
            code = _REBUILT
        case "code":
            values |= match.groupdict()
            code = _FUNCTIONS
        case "contradictions":
            code = _CONFLICTS
        case "table":
            values["wanted"] = re.split(", | and ", groups[0]) if groups[0] else []
            values["label"] = label_of(groups[1] or "")
            code = _TABLE
        case _:
            values["words"] = {} if "(" not in question.partition("Answer with")[0] else _words(question)
            values |= {name: _group(group) for name, group in zip("abcd", groups, strict=False)}
            code = _LINES + _BY_LINES[form.answer.__name__] + "\n"
    shared = _SHARED + ("" if "<question>" in match.string else _REFERENCE)
    return shared + Template(code).substitute({name: repr(value) for name, value in values.items()})


def _group(group: str | None) -> str | None:
    """A group of a question's pattern: a label, or a number."""
    return label_of(group or "") or group


def _words(question: str) -> dict[str, str]:
    """The words that the question gives for its labels."""
    return {word: label for label, words in THINGS.items() for word in words if re.search(rf"\b{word}\b", question)}
