"""Finds the live side of a run from graph state, and builds it when it is not there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.runnables import RunnableConfig

from langchain_rlm.budget import Spent
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.journal import spent_before, turns
from langchain_rlm.run import Level, Run, unknown_context
from langchain_rlm.settings import Settings
from langchain_rlm.state import RLMState

OPENED = "__rlm_opened"
"""Key of the configuration under which a stream of the graph keeps the ids of the runs it opened."""

BEGUN = "__rlm_begun"
"""Key of the configuration for what a run begins with, beside its question: which run of which tree, and its context by
reference. It goes this way, and not through the input, so that no input from outside can name another run."""


def beginning(config: RunnableConfig, begun: Mapping[str, Any]) -> RunnableConfig:
    """A configuration with which `inspect` begins a run that is already there."""
    return {**config, "configurable": {**config.get("configurable", {}), BEGUN: begun}}


@dataclass
class Engine:
    """What the nodes of one `RLM` share."""

    settings: Settings
    runs: dict[str, Run] = field(default_factory=dict)
    graph: Any = None
    """The state machine without a checkpointer of its own, for recursive runs: it inherits the one above."""

    def run_of(self, state: RLMState, config: RunnableConfig) -> Run:
        """The live run that a state belongs to; a new one when there is none, which `config` is told of."""
        run = self.runs.get(state.get("run_id", ""))
        if run is None:
            run = self.new_run(config, state.get("run_id"))
            self._count_before(run, state)
        return run

    def new_run(self, config: RunnableConfig, run_id: str | None = None) -> Run:
        """A fresh run, of which `config` is told."""
        run = Run(self.settings)
        run.id = run_id or run.id
        self.runs[run.id] = run
        run.ledger.set_turn_aside()
        config.get("configurable", {}).get(OPENED, []).append(run.id)
        return run

    async def level_of(self, state: RLMState, config: RunnableConfig) -> Level:
        """The live level of a state, rebuilt from what the state says when it was lost.

        Raises:
            InputError: The text of the run is not in this process.
        """
        run = self.run_of(state, config)
        level = run.levels.get(state.get("path", ""))
        if level is None:
            level = await run.enter(state, self.corpus_of(run, state))
            level.calls = sum(len(e["calls"]) for e in state.get("journal", []) if e["kind"] == "asked")
        return level

    def corpus_of(self, run: Run, state: RLMState) -> Corpus:
        """The text of a run, by what its state refers to.

        Raises:
            InputError: It is not in this process.
        """
        ref = state.get("context_ref") or {}
        if "pieces" in ref:
            above = run.levels.get(state["path"].rpartition("/")[0])
            if above is not None:
                return above.corpus.cut(ref["pieces"], single=ref["single"], names=ref["names"])
        corpus = run.corpora.get(ref.get("hash", ""))
        if corpus is None:
            raise unknown_context(ref)
        return corpus

    @staticmethod
    def _count_before(run: Run, state: RLMState) -> None:
        """Charge what the journal says was spent before this process."""
        journal = state.get("journal") or []
        for model, usage in spent_before(journal):
            run.ledger.models.setdefault(model, Spent()).add(usage)
        run.ledger.turns = turns(journal)
        run.ledger.sub_queries = sum(len(entry["calls"]) for entry in journal if entry["kind"] == "asked")

    async def close(self, run: Run) -> None:
        """End a run's live side."""
        self.runs.pop(run.id, None)
        await run.close()

    async def give_up(self, state: RLMState) -> None:
        """A node failed or was cancelled: its REPL is given up. The journal has what was paid for."""
        run = self.runs.get(state.get("run_id", ""))
        level = run.levels.get(state.get("path", "")) if run else None
        if level is not None:
            await level.drop()

    async def close_all(self, run_ids: Sequence[str]) -> None:
        """End what a stream of the graph opened."""
        for run_id in run_ids:
            run = self.runs.get(run_id)
            if run is not None:
                await self.close(run)
