"""What suits a kind of model: its system prompt, hints, the fences of its cells, how much it is shown, plans or code.

A paragraph more or less moves weak and strong models in opposite directions, so none of it is the same for all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, InstanceOf

from langchain_rlm import prompts
from langchain_rlm.checks import COUNT, FLAG, WHOLE, Rule
from langchain_rlm.errors import InputError
from langchain_rlm.repl.fences import Fences
from langchain_rlm.repl.protocol import BATCH


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Fits runs to a kind of model. `Profile.named("small")` is one that is shipped; `dataclasses.replace` changes it.

    Args:
        name: What the result calls it.
        models: Regular expressions, one of which is found in the names of the models it is for, whatever the case. A
            shipped profile is chosen by them; one that is passed holds for any model.
        system: The system prompt of the root model: its text (empty: that of `default`), or a `Path` to a file of
            UTF-8, which is read when the `RLM` is made. It must show a cell in a block that is accepted, name `context`
            and `llm_query`, and say how the run ends (`FINAL` or `answer["ready"]`). `{{functions}}` stands for a line
            on each function of the REPL. What stands between `{{sub_calls}}` and `{{end}}` is told only in runs with
            sub-models; with `{{alone}}`, only in those without; `{{recursion}}`: with recursive runs; `{{text}}`: where
            the context can be read, not searched alone. Other braces stay.
        hints: What to do, by kind of task: `{"Find a passage": "search with other words too."}`. They end the prompt.
        fences: Tags of the blocks that are cells, beside `repl`; `""` for none. None: every block that is Python, and
            code in no block.
        chunk_size: Characters of a piece for a sub-model: half its window at most. None: a fifth of its window, 50,000
            at most.
        small_chunk_size: Characters of a piece of which every item counts. None: a quarter of `chunk_size`.
        batch: Items that `llm_map` puts into one prompt.
        shown: Characters of a cell's output that the root model sees: a quarter of its window at most. None: 3% of
            its window, 1,500 to 12,000.
        prefers_plans: Ready programs come before code that the model writes.
        reserve: Tokens of the root model's window that are kept for what it writes, up to half of it.

    Raises:
        InputError: A part is of another type or out of range.
    """

    name: str
    models: tuple[str, ...] = ()
    system: str | Path = field(default="", repr=False)
    hints: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    fences: tuple[str, ...] | None = None
    chunk_size: int | None = None
    small_chunk_size: int | None = None
    batch: int = BATCH
    shown: int | None = None
    prefers_plans: bool = False
    reserve: int = 0

    def __post_init__(self) -> None:
        for name, rule in _RULES.items():
            rule.check(name, getattr(self, name), of="Profile")
        for pattern in self.models:
            try:
                re.compile(pattern)
            except re.error as error:
                msg = f"Profile(models={self.models!r:.100}): {pattern!r:.80} is no regular expression ({error})."
                raise InputError(msg) from error

    @classmethod
    def named(cls, name: str) -> "Profile":
        """The shipped profile of that name: `default`, `small`, `reasoning` or `rlm`.

        Raises:
            InputError: There is none.
        """
        if name not in PROFILES:
            msg = f"profile={name!r:.100}: use {', '.join(map(repr, PROFILES))} or a Profile. None chooses one."
            raise InputError(msg)
        return PROFILES[name]

    def fits(self, model: str) -> bool:
        """Whether it is for the model of that name."""
        return any(re.search(pattern, model, re.IGNORECASE) for pattern in self.models)

    def read(self) -> "Profile":
        """The profile with the text of its prompt, which has all that a run needs.

        Raises:
            InputError: The file cannot be read, or the prompt lacks a part.
        """
        told = replace(self, system=self._text())
        prompt = told.prompt(sub_calls=True, recursion=False, text=True)
        lacking = [part for part, pattern in _NEEDED.items() if not re.search(pattern, prompt)]
        if not any(block.kind in ("python", "likely") for block in Fences(prompt, self.fences).blocks()):
            lacking.append("an example of a cell, in a ```repl block")
        if lacking:
            where = f" ({self.system})" if isinstance(self.system, Path) else ""
            msg = (
                f"Profile({self.name!r}): the system prompt{where} lacks {'; '.join(lacking)}. Without it the model "
                "cannot use the REPL. {{functions}} in the prompt stands for the functions."
            )
            raise InputError(msg)
        return told

    def _text(self) -> str:
        if not isinstance(self.system, Path):
            return self.system or prompts.text("system")
        try:
            return self.system.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            msg = f"Profile({self.name!r}): the file {self.system} cannot be read ({error}). Pass a file of UTF-8."
            raise InputError(msg) from error

    def prompt(
        self, *, sub_calls: bool, recursion: bool, text: bool, instructions: str | None = None,
        library: str = "Python's standard library",
    ) -> str:  # fmt: skip
        """The root model's system prompt, for what a run has; see `prompts.system_prompt`."""
        has = {"sub_calls": sub_calls, "recursion": recursion, "text": text}
        return prompts.system_prompt(str(self.system), self.hints, instructions=instructions, library=library, **has)


_NEEDED = {
    "the variable `context`": r"\bcontext\b",
    "`llm_query`, which asks a sub-model": r"\bllm_query",
    'how the run ends, `FINAL(...)` or `answer["ready"]`': r"\bFINAL(?:_VAR)?\b|\banswer\[[\"']ready[\"']\]",
}
"""What the prompt must tell of, as its reader sees it."""
_WORDS = Annotated[str, Field(strict=True, pattern=r"\S")]
_RULES = {
    "name": Rule(_WORDS, "give it a name"),
    "models": Rule(tuple[_WORDS, ...], "use a tuple of regular expressions, as in (r'qwen.*-7b',)"),
    "system": Rule(Annotated[str, Field(strict=True)] | InstanceOf[Path], "use the text of the prompt, or a Path"),
    "hints": Rule(Mapping[_WORDS, _WORDS], "use texts by kind of task, as in {'Find a passage': 'search first.'}"),
    "fences": Rule(
        tuple[Annotated[str, Field(strict=True, pattern=r"^[\w.+-]*$")], ...] | None,
        "use a tuple of tags, as in ('python',), or None",
    ),
    "chunk_size": COUNT | None,
    "small_chunk_size": COUNT | None,
    "batch": COUNT,
    "shown": COUNT | None,
    "prefers_plans": FLAG,
    "reserve": WHOLE,
}
_HINTS = {
    "Find a passage": "search in other words too; let sub-models read large pieces, as with `llm_quotes`.",
    "Judge every line (count, classify, list all)": "`llm_map`, then count in code.",
}
PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name="rlm",
            models=(r"(?:^|[/:_-])rlm(?:$|[/:_-])",),
            system=prompts.text("rlm"),
            fences=(),
            shown=20_000,
            reserve=4_000,
        ),
        Profile(
            name="small",
            models=(
                r"(?<![\w.])e?\d(?:\.\d+)?b(?![a-z\d])", r"(?<![\w.])\d{2,3}m(?![a-z\d])", r"phi-?[34].*mini", "smollm",
            ),
            system=prompts.text("small"),
            chunk_size=2_400,
            small_chunk_size=1_200,
            prefers_plans=True,
            reserve=1_000,
        ),
        Profile(
            name="reasoning",
            models=(
                r"(?:^|[/:])o\d(?:$|-)", r"gpt-5(?!.*chat)", r"gpt-oss", r"(?:^|[/:_-])r1(?:$|[:_-])", r"(?:^|[/:])qwq",
                r"(?<!non-)(?<!no )reason(?:er|ing)", r"(?<!no-)(?<!non-)thinking", r"magistral", r"deepseek-v4",
            ),
            system=prompts.text("reasoning"),
            hints=_HINTS,
            reserve=16_000,
        ),
        Profile(name="default", system=prompts.text("system"), hints=_HINTS),
    )
}  # fmt: skip
"""The shipped ones, in the order in which they are tried."""


@lru_cache(maxsize=256)
def profile_for(model: str) -> Profile:
    """The shipped profile for the model of that name."""
    return next((profile for profile in PROFILES.values() if profile.fits(model)), PROFILES["default"])


def profile_of(given: Profile | str | None) -> Profile | None:
    """What is meant by `RLM(profile=...)`, checked; None: it is chosen by the model.

    Raises:
        InputError: The name is unknown, or the profile cannot be used.
    """
    if isinstance(given, Profile):
        return given.read()
    return None if given is None else Profile.named(given)
