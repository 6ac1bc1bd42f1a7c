"""A sum of amounts: numbers that stand in the text are added.

What did the repairs cost altogether?

How many tons were shipped in total?
"""

question: str
piece: int
batch: int

lines, lacking, count = candidates("Which amounts have to be added? " + question, numbers_in, piece)
# what each is for, and once which of these things are meant: of each amount alone weak models say no
hidden = [re.sub(r"\d[\d.,]*\d|\d", "some", line) for line in lines]
try:
    purposes = llm_map(hidden, "What is paid or counted in this sentence? Answer with one or two words of the sentence.", batch=batch)
except AnswerError as error:
    purposes = error.answers
unjudged = told(purposes.count(None), len(lines), "sentences")
things = list(dict.fromkeys([plain_words(purpose) for purpose in purposes if purpose]))
meant = llm_query("Question: " + question + "\n\nWhich of these things does it ask for?\n" + "\n".join(["- " + thing for thing in things]), schema=[str]) if things else []
meant = {plain_words(thing) for thing in meant}
lines = [line for line, purpose in zip(lines, purposes) if purpose and plain_words(purpose) in meant]
task = "Question: " + question + "\nWhich of the numbers in this sentence have to be added for it?"
amounts, marks = [], []
for line, added in zip(lines, numbers_meant(lines, task, batch)):
    amounts += added
    marks += [mark_of(line)] if added and len(marks) < 5 else []
shown = " + ".join([as_number(amount) for amount in amounts[:40]]) + (" + ..." if len(amounts) > 40 else "")
said = as_number(sum(amounts)) + " (" + format(len(amounts), ",") + " amounts: " + shown + ") " + "".join(marks)
FINAL((said if amounts else "The text has no such amount.") + told(lacking, count, "pieces") + unjudged)
