"""A sum of amounts: numbers that stand in the text are added.

What did the repairs cost altogether?
statement: money was paid for a repair

How many tons were shipped in total?
statement: tons were shipped

How much was paid for candles and oil in all?
statement: money was paid for a candle or for oil

How many dollars did the tools for the workshop cost in total?
statement: money was paid for a tool

How many euros were spent on jewellery?
statement: money was paid for a piece of jewellery

What is the sum of the gifts?
statement: somebody gave money

How many hours of work fell on the garden altogether?
statement: somebody worked in the garden

How much rain fell in April, all days together?
statement: rain fell in April
"""

question: str
statement: str = ""
piece: int
batch: int
notes: int

asked = plain_words(question).split()


def has(text):
    """Whether a sentence has an amount: in "May 30 crowns" the unit tells that it is no day."""
    return has_amount(text) or any([behind in asked for amount, behind in amounts_in(text)])


wanted = "Which amounts have to be added? " + question
lines, lacking, count = candidates(wanted, has, piece)
if not lines:
    lines, lacking, count = candidates(wanted, numbers_in, piece)
fit, unjudged = fitting(lines, question, batch, statement)
if statement and lines and (not fit or is_alone(lines, batch)):
    # those that have what is added in its own words count if they count for the question
    named = [line for line in lines if line not in fit and (not fit or has_rare(line, lines, statement)) and not is_denied(line, statement)]
    more, unjudged_more = fitting(named, question, batch) if named else ([], "")
    fit, unjudged = [line for line in lines if line in fit or line in more], unjudged or unjudged_more
lines = fit
amounts, marks = [], []
for line, added in zip(lines, numbers_meant(lines, question, "Which of the numbers in this sentence have to be added?", batch)):
    amounts += added
    marks += [mark_of(line)] if added and len(marks) < 5 else []
shown = " + ".join([as_number(amount) for amount in amounts[:40]]) + (" + ..." if len(amounts) > 40 else "")
said = as_number(sum(amounts)) + " (" + format(len(amounts), ",") + " amounts: " + shown + ") " + "".join(marks)
if not amounts:
    # one amount, told in words that are not those of the statement
    said = looked_up_or("The text has no such amount.", question, piece, notes)
FINAL(said + told(lacking, count, "pieces") + unjudged)
