"""Who, what, when, where, which one: a fact that stands in one place of the text or in few.

In which year was the mill built?

Where does the sister of the judge work?

Who is the owner of the green house?

What is the name of the cook's cousin?

Which medicine did the nurse bring to room 12?

When does the contract with the printer end?

What became of the man who sold the horse?

Where did the twins go to school?

Which key opens the cellar?

Who won the lottery?

When was the church painted?

Which room is used for the lessons?

Which nurse treated the boy with the burn?

What is the job of the woman who rents the shop from Karl?
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

# models overlook sentences: those with the rarest words of the question, and with names that quotes bring in, count too
rows = [line for text in documents() for line in sentences(text)]
quoted = {plain_words(quote.rpartition(" [")[0]) for quote in quotes}
words = [word for word in plain_words(question).split() if len(word) > 3 or word.isdigit()]
names = []
for line in telling(rows, words, 8) + quotes[:10]:
    for name in re.findall(r"(?<![.!?] )(?<!^)\b[A-Z][\w-]+(?: [A-Z][\w-]+)*", line):
        names += [word for word in plain_words(name).split() if word not in words]
wanted = set(telling(rows, words, 12) + telling(rows, list(dict.fromkeys(names))[:12], 8))
found = [line for line in rows if line in wanted or plain_words(line) in quoted]
have = {plain_words(line) for line in found}
found = [line + " " + mark_of(line) for line in dict.fromkeys(found)]
found += [quote for quote in quotes if plain_words(quote.rpartition(" [")[0]) not in have]
said = concluded(question, found, notes) if found else "The text does not say."
FINAL(said + told(lacking, len(pieces), "pieces"))
