"""`llm_query` with a schema: an answer of another form is asked for again, and then told."""

from collections.abc import Sequence

from langchain_rlm.repl.protocol import Result
from langchain_rlm.repl.typed.asking import FORM, Images, Program, asking, beginning
from langchain_rlm.repl.typed.fitting import MisfitError
from langchain_rlm.repl.typed.forms import Form

ATTEMPTS = 3
"""Times that one thing is asked, at most."""
SHOWN = 300
"""Characters of an answer that is shown once more."""


def queried(prompts: Sequence[str], form: Form, model: str | None, images: Sequence[Images]) -> Program:
    """Ask for data of a form; one result for each prompt."""
    wanted = f"Answer with JSON alone, of {form.told}"
    asked = {place: f"{prompt}\n\n{wanted}" for place, prompt in enumerate(prompts)}
    results: dict[int, Result] = {}
    for _ in range(ATTEMPTS):
        if not asked:
            break
        answers = yield asking([*asked.values()], model, [images[place] for place in asked])
        again: dict[int, str] = {}
        for place, answer in zip(asked, answers, strict=True):
            results[place] = _read(answer, form)
            if results[place][0] != "ok" and results[place][1] == FORM:
                said = f"Your answer was: {beginning(answer[1], SHOWN)}\nIt cannot be used: {results[place][2]}."
                again[place] = f"{prompts[place]}\n\n{said}\n{wanted}"
        asked = again
    return [results[place] for place in range(len(prompts))]


def _read(answer: Result, form: Form) -> Result:
    if answer[0] != "ok":
        return answer
    try:
        return ("ok", form.read(answer[1]))
    except MisfitError as error:
        return ("failed", FORM, str(error))
