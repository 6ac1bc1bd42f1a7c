"""An answer as an instance of a pydantic model; `None`, and never a guess, when no answer fits the model.

What does not fit goes back to the root model with pydantic's words, as long as there is budget. A validator may take
what models write besides JSON: here a sentence that begins with the number.
"""

import os
import re
from pydoc_data.topics import topics  # any mapping of names to texts: here CPython's language reference
from typing import Any

from pydantic import BaseModel, Field, model_validator

from langchain_rlm import RLM, Budget

MODEL = os.environ.get("LANGCHAIN_RLM_MODEL", "offline")


class Count(BaseModel):
    """How many there are, and of what."""

    count: int = Field(ge=0)
    what: str

    @model_validator(mode="before")
    @classmethod
    def from_sentence(cls, given: Any) -> Any:
        found = re.match(r"(\d+) (.+)", given) if isinstance(given, str) else None
        return {"count": found[1], "what": found[2]} if found else given


class Statement(BaseModel):
    """A statement of the language."""

    keyword: str
    introduced_in: str
    may_be_asynchronous: bool


def ask(question: str, form: type[BaseModel]) -> None:
    rlm = RLM(MODEL, response_format=form, budget=Budget(turns=6, cost=0.5))
    result = rlm.invoke({"question": question, "context": topics})
    found = result["structured_response"]
    print(question)
    if found is None:
        print(f"  no {form.__name__} ({result['stop_reason']}); the answer was: {result['answer'][:100]!r}")
    else:
        print(f"  {found!r}")


ask('How many lines contain "yield"?', Count)
ask("What is the with statement?", Statement)  # the offline model only quotes: it cannot fill this in
