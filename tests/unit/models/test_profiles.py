"""Profiles: which one a model gets, what a run takes from it, and which prompts are refused."""

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import RLM, InputError, Profile
from langchain_rlm.models.profiles import PROFILES, profile_for
from langchain_rlm.models.resolve import name_of, resolve_model
from tests.unit.live import Model

WHOLE = "Use `context` and llm_query, then call FINAL.\n```repl\nprint(context)\n```\n"


MODELS = {
    "rlm": "mit-oasys/rlm-qwen3-8b-v0.1 rlm-qwen3-30b-a3b-v0.1",
    "small": """Qwen2.5-Coder-1.5B-Instruct qwen3:4b llama-3.1-8b-instant gemma3:270m gemma-3n-e4b-it
        ministral-8b-latest Phi-3-mini-4k-instruct deepseek-r1-distill-qwen-7b""",
    "reasoning": "gpt-5 gpt-5-mini o3-mini openai/o4-mini deepseek-reasoner deepseek-r1 kimi-k2-thinking gpt-oss-120b",
    "default": """gpt-4o gpt-5-chat-latest claude-opus-4-1 llama-3.1-70b qwen3-30b-a3b mixtral-8x7b gemini-2.5-flash
        grok-4-fast-non-reasoning offline replay""",
}


@pytest.mark.parametrize(("name", "models"), MODELS.items())
def test_a_profile_is_chosen_by_the_name_of_the_model(name: str, models: str) -> None:
    assert {profile_for(model).name for model in models.split()} == {name}


def test_a_word_in_a_name_is_not_taken_for_a_kind_of_model() -> None:
    """`offline` is called "offline (extractive, no reasoning)" in usage and prices."""
    names = [name_of(resolve_model("offline")), "reasonable-model", "no-thinking-4", "non-reasoning-2"]
    assert {profile_for(name).name for name in names} == {"default"}


@pytest.mark.parametrize("name", PROFILES)
def test_a_shipped_profile_passes_its_own_check_and_can_be_pickled(name: str) -> None:
    profile = Profile.named(name)
    assert profile.read() == profile
    assert pickle.loads(pickle.dumps(profile)) == profile  # noqa: S301  # ours


@pytest.mark.parametrize(
    ("prompt", "lacks"),
    [
        (WHOLE.replace("context", "text"), "the variable `context`"),
        (WHOLE.replace("llm_query", "others"), "`llm_query`"),
        (WHOLE.replace("FINAL", "the end"), "how the run ends"),
        (WHOLE.replace("repl", "text"), "an example of a cell"),
        (" \n", "the variable `context`; `llm_query`"),
        ("{{functions}}", "an example of a cell"),
        ("{{alone}}" + WHOLE + "{{end}}", "an example of a cell"),
    ],
)
def test_a_prompt_that_lacks_a_needed_part_is_refused_when_the_rlm_is_made(prompt: str, lacks: str) -> None:
    with pytest.raises(InputError, match=r"Profile\('mine'\): the system prompt lacks ") as caught:
        RLM("offline", profile=Profile(name="mine", system=prompt))
    assert lacks in str(caught.value)


def test_a_prompt_may_be_a_file_and_its_braces_stay(tmp_path: Path) -> None:
    path = tmp_path / "prompt.md"
    path.write_text(
        WHOLE + "{a} {{b}} {{functions}} {{sub_calls}}here{{end}}{{alone}}no{{end}} \\1 %s", encoding="utf-8"
    )
    profile = RLM("offline", profile=Profile(name="mine", system=path, hints={"{x}": "{{functions}}"})).settings.profile
    path.unlink()
    said = profile.prompt(sub_calls=True, recursion=False, text=True)
    assert "{a} {{b}} - `chunks(" in said
    assert said.endswith(" here \\1 %s\n\nBy kind of task:\n- {x}: {{functions}}")
    with pytest.raises(InputError, match=r"prompt\.md cannot be read"):
        RLM("offline", profile=Profile(name="mine", system=path))
    path.write_text("Nothing.", encoding="utf-8")
    with pytest.raises(InputError, match=r"\(.*prompt\.md\) lacks"):
        RLM("offline", profile=Profile(name="mine", system=path))


def test_a_hint_is_told_only_where_there_is_what_it_names() -> None:
    profile = replace(PROFILES["default"], hints={"All": "`llm_map` it.", "Some": "look."})
    assert profile.prompt(sub_calls=True, recursion=False, text=True).endswith("- All: `llm_map` it.\n- Some: look.")
    assert profile.prompt(sub_calls=False, recursion=False, text=True).endswith("By kind of task:\n- Some: look.")


@pytest.mark.parametrize(
    "part",
    [
        {"name": " "}, {"models": "gpt"}, {"models": ("(",)}, {"system": 3}, {"hints": {"x": 1}}, {"fences": ("a b",)},
        {"fences": "python"}, {"chunk_size": 0}, {"batch": None}, {"shown": 1.5}, {"prefers_plans": 1}, {"reserve": -1},
    ],
)  # fmt: skip
def test_a_part_out_of_range_is_named_with_its_value(part: dict[str, Any]) -> None:
    ((name, value),) = part.items()
    with pytest.raises(InputError) as caught:
        Profile(**{"name": "mine", **part})
    assert str(caught.value).startswith(f"Profile({name}={value!r}): ")


def sizes(model: str, window: int, profile: Any = None) -> tuple[int, int, int, int]:
    settings = RLM(Model(model_name=model), model_window=window, profile=profile).settings
    return settings.chunk_size, settings.small_chunk_size, settings.shown, settings.history_room


def test_sizes_come_from_the_profile_and_the_windows() -> None:
    assert sizes("gpt-4o", 128_000) == (50_000, 12_500, 12_000, 204_800)
    assert sizes("gpt-4o", 10_000) == (8_000, 2_000, 1_500, 16_000)
    assert sizes("gpt-5", 128_000) == (50_000, 12_500, 12_000, 179_200), "room is kept for what it thinks"
    assert sizes("qwen-1.5b", 128_000)[:2] == (2_400, 1_200)
    assert sizes("qwen-1.5b", 1_000) == (2_000, 1_200, 1_500, 800)
    assert sizes("rlm-qwen3-8b", 32_000)[2] == 20_000
    assert sizes("rlm-qwen3-8b", 12_000)[2] == 8_000, "a quarter of the window"
    own = Profile(name="mine", system=WHOLE, chunk_size=900, shown=70, reserve=10**9)
    assert sizes("gpt-4o", 1_000, own) == (900, 225, 70, 800)


def test_what_a_sub_model_gets_at_once_suits_it_and_not_the_root_model() -> None:
    settings = RLM(Model(model_name="gpt-5"), Model(model_name="qwen-1.5b")).settings
    assert (settings.profile.name, settings.leaf_profile.name, settings.chunk_size) == ("reasoning", "small", 2_400)
    assert [name for name in PROFILES if PROFILES[name].prefers_plans] == ["small"]
