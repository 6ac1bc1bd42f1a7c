"""One turn: the cells of a reply run until they end, ask or give the answer.

`decompose` begins a turn, `aggregate` goes on with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self, TypeVar, cast

from langgraph.types import Command

from langchain_rlm import prompts
from langchain_rlm.evidence.citations import known
from langchain_rlm.evidence.coverage import coverage
from langchain_rlm.evidence.marks import has_mark
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.answer import given
from langchain_rlm.journal.entries import Answered, CellEndEntry, Entry
from langchain_rlm.journal.paid import unclaimed
from langchain_rlm.journal.parts import Call, Variable
from langchain_rlm.journal.samples import chosen
from langchain_rlm.nodes.conversation import cut
from langchain_rlm.nodes.ending import best_so_far, finish
from langchain_rlm.nodes.expected_cost import quote_of
from langchain_rlm.nodes.questions import answers_at_once, asked_entry, sends, too_many, with_room
from langchain_rlm.repl.finals import Final
from langchain_rlm.repl.protocol import Asked, Ended, Outcome, Result
from langchain_rlm.repl.replies import ParsedReply, parse_reply
from langchain_rlm.runtime.run import GRACE, Run, at, emit
from langchain_rlm.state import RLMState

T = TypeVar("T")

REFUSED = 1_000
"""Times that a cell may ask after it was refused."""
NO_END = (
    "The cell went on asking sub-queries that were refused ({} times) and was stopped; its variables are lost. "
    "When one is refused, stop asking and use what there is."
)
SEARCHED_AT_ONCE = 100_000
"""Characters of prompts or output that are searched for what they quote while the event loop waits: half a second for
each million at worst."""
KEPT_OUTPUT = 40_000
"""Characters of a cell's output kept in the journal, head and tail."""


@dataclass
class Turn:
    """A turn under way."""

    run: Run
    state: RLMState
    """As the node got it."""
    reply: ParsedReply
    last: str | None = None
    """The stop reason, on the reserved last turn."""
    entries: list[Entry] = field(default_factory=list)
    """What this node adds to the journal."""

    @classmethod
    def recorded(cls, run: Run, state: RLMState) -> Self:
        """The turn that the journal has begun."""
        reply = journals.replies(journals.this_turn(state["journal"]))[0]
        return cls(run, state, parse_reply(reply["text"], journals.fences(state["journal"])), reply["last"])

    @property
    def journal(self) -> list[Entry]:
        return [*self.state["journal"], *self.entries]

    async def run_cells(self, index: int = 0) -> Command[Any]:
        """Run the reply's cells from this one on."""
        code = self.reply.cells[index]
        turn = journals.turns(self.journal)
        emit("cell", self.run, turn=turn, index=index, code=code)
        before = self.journal
        self.run.pool = unclaimed(before)
        self.entries.append({"kind": "cell", "turn": turn, "index": index, "code": code})
        return await self._settle(index, await self.run.start(code, before))

    async def go_on(self, results: Sequence[Result]) -> Command[Any]:
        """Put answers into the paused cell and run it on."""
        self._settled(results)
        index = journals.last_cell(self.state["journal"])["index"]
        return await self._settle(index, await self.run.resume(results, self.journal))

    async def _settle(self, index: int, outcome: Outcome) -> Command[Any]:
        """Go on from an outcome: answer what needs no model, send the rest out, or end the cell."""
        refused = 0
        while isinstance(outcome, Asked):
            answers, waiting = await self._ask(outcome)
            if waiting:
                return self._quoted(waiting) or self.ask(waiting)
            refused += bool(answers) and all("error" in answer for answer in answers)
            if refused > REFUSED or self._is_late():
                await self.run.repl.drop()
                outcome = Ended("", NO_END.format(refused), lost=True)
                break
            results = [journals.result_of(answer) for answer in answers]
            self._settled(results)
            outcome = await self.run.resume(results, self.journal)
        self.entries += [*self.run.take_hosts(), await self._cell_end(outcome)]
        if outcome.final is None and outcome.error is None and index + 1 < len(self.reply.cells):
            return await self.run_cells(index + 1)
        return await self._over(outcome)

    def _is_late(self) -> bool:
        """Whether the time is up, and the grace in which a cell may keep what was paid for."""
        left = self.run.tree.ledger.remaining_seconds(last_turn=True)
        return left is not None and left < -GRACE

    def ask(self, waiting: Sequence[Call]) -> Command[Any]:
        """Send out the calls that wait for an answer."""
        tasks = sends(self.run, waiting)
        return Command(update={"journal": self.entries}, goto=tasks)

    def _quoted(self, waiting: Sequence[Call]) -> Command[Any] | None:
        """Go where a person is asked, when this costs more than they allow without a question."""
        quote = quote_of(self.run, waiting, self.journal)
        if quote is None:
            return None
        asked = journals.last_asked(self.entries)[0]
        asked["quote"] = quote
        return Command(update={"journal": self.entries}, goto="aggregate")

    def _settled(self, results: Sequence[Result]) -> None:
        """Have the journal read again at the next question: a failed call of many may leave answers unclaimed."""
        if len({result[0] == "ok" for result in results}) > 1:
            self.run.pool = None

    async def _ask(self, outcome: Asked) -> tuple[Sequence[Answered], list[Call]]:
        """Write down what the cell asks; return the answers there are, and the calls that wait for one."""
        pool = self.run.pool
        if pool is None:
            pool = self.run.pool = unclaimed(self.journal)
        if outcome.is_ahead:
            outcome = with_room(self.run, outcome, pool, is_last_turn=self.last is not None)
        is_sampling = journals.route(self.journal) == "samples"
        refused = None if is_sampling else too_many(self.run, outcome, pool)
        if refused is not None:
            self.entries += [*self.run.take_hosts(), refused]
            return [{"error": refused["refused"]["error"]}] * refused["count"], []
        characters = sum(len(call.prompt) for call in outcome.calls)
        write = partial(asked_entry, self.run, outcome, pool, is_sampling=is_sampling)
        asked = await self._searched(characters, write)
        answers = answers_at_once(self.run, asked, self.journal, is_last_turn=self.last is not None)
        self.entries += [*self.run.take_hosts(), asked, *answers]
        answered = {answer["id"] for answer in answers}
        return answers, [call for call in asked["calls"] if call["id"] not in answered]

    async def _searched(self, characters: int, search: Callable[[], T]) -> T:
        """The result of a search of the context for so many characters, on a thread when it may take long."""
        if characters <= SEARCHED_AT_ONCE and self.run.finder.is_quick:
            return search()
        return await self.run.tree.repls.to_its_end(search)

    async def _cell_end(self, outcome: Ended) -> CellEndEntry:
        shown = cut(outcome.output, self.run.tree.settings.shown)
        spans = await self._searched(len(shown), partial(self.run.finder.spans, shown))
        emit("cell_end", self.run, printed=len(outcome.output), output=shown, error=outcome.error, lost=outcome.lost)
        return {
            "kind": "cell_end", "at": at(self.run), "shown": [list(span) for span in spans],
            "output": cut(outcome.output, KEPT_OUTPUT), "printed": len(outcome.output), "hash": outcome.digest(),
            "error": outcome.error, "lost": outcome.lost, "refused": outcome.refused,
            "variables": cast("list[Variable]", [list(variable) for variable in outcome.variables]),
        }  # fmt: skip

    async def read(self) -> Command[Any]:
        """Run a reply's cells, or take its bare text for what it is."""
        if journals.replies(journals.this_turn(self.journal))[0].get("cut_off") and self.reply.unclosed:
            self.note(prompts.UNCLOSED)
            return await self.give_up() if self.last else self.next()
        if self.reply.cells:
            return await self.run_cells()
        if self.reply.final is not None or self.last:
            return await self._over(None)
        if self._was_nudged() and not self.reply.holds_code:
            return self._without_code()
        self.note(prompts.UNREAD if self.reply.holds_code else prompts.NO_CODE)
        return self.next()

    def _was_nudged(self) -> bool:
        """A reply without a cell gets one nudge."""
        return any(note["text"] == prompts.NO_CODE for note in journals.notes(journals.turn_before(self.journal)))

    def _without_code(self) -> Command[Any]:
        """Go on with a plan where the root model writes no code; where it has to, there is no answer."""
        if self.run.may_plan:
            self.entries.append({"kind": "route", "route": "plan"})
            return self.next()
        return finish(self.run, self.state, self.entries, "", "no_code")

    async def _over(self, ended: Ended | None) -> Command[Any]:
        """The turn is over: it gives an answer, or there is another one."""
        answer = given(self.reply, ended, is_last=self.last is not None)
        if answer is not None and answer.is_name:
            answer = answer.held(await self.run.variable(answer.value, self.journal))
        if answer is not None:
            return self.finish(answer.value)
        final = self.reply.final
        if ended is not None and ended.final is not None:
            self.note(prompts.EMPTY_FINAL)
        elif final is not None and (ended is None or ended.error is None):
            self.note(self._refusal(final))
        elif ended is None:
            self.note(prompts.UNREAD)
        return await self.give_up() if self.last else self.next()

    def _refusal(self, final: Final) -> str:
        if final.variable or (final.is_code and not self.reply.cells):
            return prompts.unknown_final(final.text)
        return prompts.FINAL_BEFORE_OUTPUT if self.reply.cells else prompts.EMPTY_FINAL

    def note(self, text: str) -> None:
        """Tell the root model something instead of an observation, or beside it."""
        self.entries.append({"kind": "note", "text": text})

    def next(self) -> Command[Any]:
        """On to the next turn."""
        return Command(update={"journal": self.entries}, goto="decompose")

    def finish(self, value: Any) -> Command[Any]:
        """End the run with its answer, or say what is wrong with it."""
        sample = chosen(self.journal, value) if journals.route(self.journal) == "samples" else None
        if sample is not None:
            reason = sample.run["stop_reason"]
            return finish(self.run, self.state, self.entries, sample.value, reason, sample=sample)
        problem = None if self.last else self._problem(value)
        if problem:
            self.entries.append({"kind": "note", "text": problem, "refused_answer": value})
            return self.next()
        return finish(self.run, self.state, self.entries, value, self.last or "answered")

    def _problem(self, value: Any) -> str | None:
        """Why an answer is not taken."""
        form, settings = self.run.response_format, self.run.tree.settings
        if form is not None and (problem := form.problem(value)):
            return problem
        if self.run.depth > 0:
            return None
        if settings.require_citations and not has_mark(value, known(self.run.corpus, self.journal)):
            return prompts.NO_CITATION
        if settings.require_coverage is not None:
            found = coverage(self.journal, self.run.corpus.sources(), self.run.corpus.texts)
            if found["seen"] < settings.require_coverage:
                return prompts.not_read(found, settings.require_coverage)
        return None

    async def give_up(self) -> Command[Any]:
        """End the run with the best answer so far."""
        best = await best_so_far(self.run, self.journal)
        reason = self.last if self.last and best not in (None, "") else "gave_up"
        return finish(self.run, self.state, self.entries, best, reason)
