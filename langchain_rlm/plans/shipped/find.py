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

How many years of guarantee does the boiler have?

My oven does not heat any more: how many days may I give it back?

How many rooms does the house of the doctor have?

How much is the fee for the small hall?

How long is the notice that the gardener has to give?

Whom do I ask for a new key?

Which food makes the cat ill?

What time does the bus to the castle go?

In which street is the office of Ute's lawyer?
"""

question: str
piece: int
notes: int

FINAL(found_out(question, piece, notes))
