"""The cells that the offline model writes as the root of a run: search, ask about the best pieces, gather; count."""

from langchain_rlm.models.extraction import content_words, pair_patterns, word_pattern

# The programs. Plain code, which the sandbox runs as it stands; the constants in capitals are written before them.
SEARCH = r'''
import math
import re


def rank(texts):
    """(score, index) of each text by BM25 of the question's words and word pairs, best first."""
    found = []
    for text in texts:
        text = text.lower()
        words = re.findall(WORDS, text)
        for pair, pattern in PAIRS.items():
            words += [pair] * len(re.findall(pattern, text))
        found.append(words)
    average = max(1, sum([len(text) for text in texts]) / max(1, len(texts)))
    rarity = {}
    for term in TERMS:
        texts_with_it = sum([1 for words in found if term in words])
        rarity[term] = math.log(1 + (len(texts) - texts_with_it + 0.5) / (texts_with_it + 0.5))
    scores = []
    for index, words in enumerate(found):
        length = 1.5 * (0.25 + 0.75 * len(texts[index]) / average)
        score = 0.0
        for term in TERMS:
            count = words.count(term)
            score += rarity[term] * count * 2.5 / (count + length)
        short = texts[index].count(" ") + 1 < 5
        scores.append((score / 2 if short else score, index))
    return sorted(scores, key=lambda pair: (-pair[0], pair[1]))


texts = [context] if isinstance(context, str) else context
pieces = []
places = []
names = []
for number, text in enumerate(texts):
    source = sources[number] if number < len(sources) else {}
    names.append(str(source.get("name") or source.get("id") or f"text {number + 1}"))
    for piece in chunks(text):
        pieces.append(piece)
        places.append(number)
ranked = rank(pieces)
print(f"{len(pieces)} pieces; the best by the words of the question:")
for score, index in ranked[:5]:
    print(f"{score:.2f} piece {index} of {names[places[index]]}: {pieces[index][:160]!r}")
'''

MAP = r"""
chosen = list(range(len(pieces)))
if len(pieces) > 40:
    chosen = [index for score, index in ranked[:24] if score > 0]
prompts = []
for index in chosen:
    prompts.append(INSTRUCTION + "\nQuestion: " + QUESTION + "\nText:\n" + pieces[index])
replies = llm_query_batched(prompts, on_error="return") if prompts else []
quotes = []
failed = 0
for index, reply in zip(chosen, replies):
    if not isinstance(reply, str):
        failed += 1
    elif not reply.startswith("NONE"):
        quotes.extend([(places[index], line.strip()) for line in reply.splitlines() if line.strip()])
print(f"{len(chosen)} pieces asked, {failed} failed, {len(quotes)} sentences quoted")
"""

GATHER = r"""
try:
    quotes
except NameError:
    quotes = []
    for score, index in ranked[:5]:
        for sentence in re.findall(r"\b\w[^.!?]{10,400}[.!?]", pieces[index]) if score > 0 else []:
            quotes.append((places[index], " ".join(sentence.split())))
origin = {}
for place, quote in quotes:
    if quote not in origin:
        origin[quote] = place
candidates = list(origin)
scored = [(score, candidates[index]) for score, index in rank(candidates) if score > 0]
best = [quote for score, quote in scored[:3]] + [quote for score, quote in scored[3:5] if score >= scored[0][0] / 2]
if best:
    result = "Passages that bear on the question (extractive model: quoted, not reasoned):"
    for quote in best:
        try:
            mark = " " + cite(quote, origin[quote])["mark"]
        except (NameError, ValueError):
            mark = ""
        result += f"\n{quote} [{names[origin[quote]]}]{mark}"
else:
    result = "The offline model found no sentence that bears on the question."
FINAL(result)
"""

COUNT = r"""
texts = [context] if isinstance(context, str) else context
count = 0
for text in texts:
    if UNIT == "lines":
        count += sum([1 for line in text.splitlines() if NEEDLE in line])
    elif UNIT == "paragraphs":
        count += sum([1 for paragraph in text.split("\n\n") if NEEDLE in paragraph])
    elif UNIT == "documents":
        count += 1 if NEEDLE in text else 0
    else:
        count += text.count(NEEDLE)
FINAL(f"{count} {UNIT} of {NEEDLE!r}" if UNIT == "occurrences" else f"{count} {UNIT} contain {NEEDLE!r}")
"""

INSTRUCTION = "Quote the sentences of the text that bear on the question, or answer NONE."


def terms(question: str) -> dict[str, object]:
    """The constants of a search: what its program ranks the pieces by."""
    words, pairs = content_words(question), pair_patterns(question)
    return {"WORDS": word_pattern(words), "PAIRS": pairs, "TERMS": words + list(pairs)}


def cell(remark: str, constants: dict[str, object], program: str) -> str:
    """A reply with a cell: a program, and its constants before it."""
    # A literal is written in ASCII and without backticks: nothing in a question can end the fence.
    values = "".join(f"{name} = {value!a}\n".replace("`", "\\x60") for name, value in constants.items())
    return f"{remark}\n\n```repl\n{values}{program.strip()}\n```"
