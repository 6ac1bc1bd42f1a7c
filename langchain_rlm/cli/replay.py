"""`langchain-rlm replay`: a run on record runs again without a model.

Each cell must ask and print the same, and the answer that they give must be the one on record.
"""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from langchain_rlm.cli.exits import INTERRUPTED, WRONG_INPUT, interrupt_on_sigterm
from langchain_rlm.cli.sources import read_sources
from langchain_rlm.cli.terminal import say
from langchain_rlm.cli.view import print_answer, view_for
from langchain_rlm.context.corpus import SEARCHED, Corpus
from langchain_rlm.context.load import Reading, load_corpus
from langchain_rlm.errors import InputError, ReplayError, RLMError
from langchain_rlm.journal.files import about, load_journal, same_context
from langchain_rlm.journal.lines import damaged
from langchain_rlm.journal.reading import begun, recorded_cells
from langchain_rlm.journal.record import Recording
from langchain_rlm.runtime.replay import Replay

SAME, DIFFERENT = 0, 1


def run(journal: Path, context: Sequence[str], *, quiet: bool) -> int:
    """Replay, print the answer, and return the exit code."""
    interrupt_on_sigterm()
    view = view_for(quiet=quiet)
    try:
        recording = load_journal(journal)
        corpus = _corpus(journal, recording, tuple(context))
        replayed = Replay(recording, corpus, view.show)
        with view, ThreadPoolExecutor(1) as thread:  # an interrupt must reach this one
            running = thread.submit(replayed.run)
            try:
                running.result()
            except KeyboardInterrupt:
                replayed.kill()
                raise
    except KeyboardInterrupt:
        print("Interrupted: the REPL was ended.", file=sys.stderr)
        return INTERRUPTED
    except RLMError as error:
        say(f"error: {error}", error=True)
        return DIFFERENT if isinstance(error, ReplayError) else WRONG_INPUT
    if not quiet:
        say(_said(replayed), error=True)
    if _has_ended(recording):
        print_answer(recording.answer, () if quiet else recording.citations)
    return SAME


def _said(replayed: Replay) -> str:
    recording, cells = replayed.recording, replayed.cells
    same = f"{cells:,} cell{'' if cells == 1 else 's'} asked and printed the same as on record"
    same = same if cells else "No cell ran"
    if not _has_ended(recording):
        why = f": {recording.error}" if recording.error else ""
        return f"{same}. The run on record did not end ({recording.stop_reason or 'no end'}){why}"
    if not replayed.is_answered:
        return f"{same}; the answer was not made again ({recording.stop_reason})."
    return f"{same}, and the answer is the same." if cells else f"{same}; the answer is the reply on record."


def _has_ended(recording: Recording) -> bool:
    return bool(recording.journal[-1]["kind"] == "end")


def _corpus(journal: Path, recording: Recording, paths: tuple[str, ...]) -> Corpus | None:
    """The texts that the cells need. They must be given, and be those of the run."""
    if paths or recording.context.startswith(SEARCHED):
        corpus = same_context(recording, load_corpus(Reading(partial(read_sources, paths)))) if paths else Corpus(())
        count = begun(recording.journal)["documents"]
        if len(corpus.documents) != count:
            raise damaged(journal, f"line 2: documents is {count}, and its context has {len(corpus.documents)}")
        return corpus
    if any(recorded_cells(recording.journal)):
        msg = f"The cells of this run read its context: {about(recording)}. Name the same files with --context."
        raise InputError(msg)
    return None
