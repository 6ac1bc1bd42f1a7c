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

lines, lacking, count = candidates("Which amounts have to be added? " + question, numbers_in, piece)
fit, unjudged = fitting(lines, question, batch, statement)
if not fit and statement and lines:
    fit, unjudged = fitting(lines, question, batch)
lines = fit
amounts, marks = [], []
for line, added in zip(lines, numbers_meant(lines, question, "Which of the numbers in this sentence have to be added?", batch)):
    amounts += added
    marks += [mark_of(line)] if added and len(marks) < 5 else []
shown = " + ".join([as_number(amount) for amount in amounts[:40]]) + (" + ..." if len(amounts) > 40 else "")
said = as_number(sum(amounts)) + " (" + format(len(amounts), ",") + " amounts: " + shown + ") " + "".join(marks)
FINAL((said if amounts else "The text has no such amount.") + told(lacking, count, "pieces") + unjudged)
