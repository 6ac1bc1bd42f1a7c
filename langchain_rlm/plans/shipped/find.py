"""Who, what, when, where, which one: a fact that stands in one place of the text or in few.

In which year was the mill built?

What is the telephone number of the harbour office?

Where does the sister of the judge work?
"""

question: str
piece: int
notes: int

pieces = chunks(size=piece)
lacking = 0
try:
    quotes = llm_quotes(question, pieces)
except AnswerError as error:
    quotes = [quote for found in error.answers if found for quote in found]
    lacking = len(error.missing)

# what the quotes name and the question does not may be told of elsewhere
known = set(plain_words(question).split())
named = []
for quote in quotes[:10]:
    for name in re.findall(r"(?<![.!?] )(?<!^)\b[A-Z][\w-]+(?: [A-Z][\w-]+)*", quote):
        if name not in named and not known.issuperset(plain_words(name).split()):
            named.append(name)
quoted = {plain_words(quote.rpartition(" [")[0]) for quote in quotes}
more, room = [], notes // 4
for text in documents():
    for line in sentences(text):
        if 20 < len(line) < 400 and room > 0 and plain_words(line) not in quoted and any([name in line for name in named[:8]]):
            room -= len(line)
            quoted.add(plain_words(line))
            more.append(" ".join(line.split()) + " " + mark_of(line))

if quotes:
    FINAL(concluded(question, quotes + more, notes) + told(lacking, len(pieces), "pieces"))
else:
    FINAL("The text does not say." + told(lacking, len(pieces), "pieces"))
