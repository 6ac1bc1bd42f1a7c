"""From names to models: what is known of them, what they cost, and what a mistake says."""

import sys
from typing import Any

import pytest
from langchain.chat_models import init_chat_model
from langchain_core.language_models.fake import FakeListLLM
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import ConfigurableField
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from langchain_rlm import RLM
from langchain_rlm.errors import ModelError, RLMError
from langchain_rlm.models.offline import OfflineChatModel
from langchain_rlm.models.resolve import name_of, provider_of, resolve_model, secrets_of, window_of

KEY = "sk-proj-abcdef0123456789"


@pytest.fixture(autouse=True)
def _a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def refused(model: object) -> str:
    with pytest.raises(ModelError) as caught:
        resolve_model(model)  # type: ignore[arg-type]
    assert isinstance(caught.value, RLMError)
    return str(caught.value)


# -- names ------------------------------------------------------------------------------------------------------------


def test_a_chat_model_is_returned_as_it_is() -> None:
    model = FakeListChatModel(responses=["a"])
    assert resolve_model(model) is model


def test_offline_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert isinstance(resolve_model("offline"), OfflineChatModel)


def test_openai_with_a_name_is_that_model() -> None:
    model = resolve_model("openai:gpt-5-mini")
    assert isinstance(model, ChatOpenAI)
    assert name_of(model) == "gpt-5-mini"


def test_a_name_may_hold_colons() -> None:
    assert name_of(resolve_model("openai:ft:gpt-4o:org::id")) == "ft:gpt-4o:org::id"


@pytest.mark.parametrize("model", ["", "  ", "\n", None, 5, ["openai:gpt-5"], b"offline"])
def test_what_is_no_name_is_refused_with_its_value_and_an_example(model: object) -> None:
    said = refused(model)
    assert f"model={model!r}" in said
    assert "'openai:gpt-5'" in said


def chain() -> Any:
    return ChatPromptTemplate.from_messages(["say"]) | FakeListChatModel(responses=["a"])


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (object, "model: object is a class: pass an instance of it"),
        (object(), "model=an object of the class object: pass a chat model"),
        ({"model": "gpt-5"}, "model=an object of the class dict: pass a chat model"),
        (FakeListLLM(responses=["a"]), "model: FakeListLLM completes text: pass the provider's chat model instead"),
        (chain(), "model: RunnableSequence is a chain: pass the chat model in it"),
        (chain().with_retry(), "model: RunnableSequence is a chain"),
        (FakeListChatModel(responses=["a"]).with_fallbacks([chain()]), "model: RunnableSequence is a chain"),
        (init_chat_model(configurable_fields="any"), "model: _ConfigurableModel is a model only once it is configured"),
        (
            FakeListChatModel(responses=["a"]).configurable_fields(sleep=ConfigurableField("sleep")),
            "model: RunnableConfigurableFields is a model only once it is configured: pass the chat model itself.",
        ),
    ],
)
def test_an_object_that_is_no_chat_model_is_refused_in_a_line_with_its_class_and_what_to_pass(
    model: object, said: str
) -> None:
    assert refused(model).startswith(said)
    assert len(refused(model)) < 130
    for setting in ("sub_model", "sub_models"):
        given: Any = {setting: model if setting == "sub_model" else {"large": model}}
        name = "sub_model" if setting == "sub_model" else "sub_models['large']"
        with pytest.raises(ModelError) as caught:
            RLM("offline", **given)
        assert str(caught.value) == refused(model).replace("model", name, 1)


def test_what_is_known_of_a_model_with_settings_or_fallbacks_is_that_of_the_model_inside() -> None:
    first, other = resolve_model("openai:gpt-5"), ChatOpenAI(model="other", api_key=SecretStr("another-key"))
    for model in (first.with_fallbacks([other.bind(stop=["."])]), first.with_retry().with_config(tags=["a"])):
        known: Any = resolve_model(model)
        assert known is model
        assert (name_of(known), provider_of(known), window_of(known)) == ("gpt-5", "openai", 272_000)
        assert KEY in secrets_of(known)
    assert "another-key" in secrets_of(first.with_fallbacks([other.bind(stop=["."])]))


@pytest.mark.parametrize("model", ["gpt-5", "offline2", "claude"])
def test_a_name_without_a_provider_is_refused_with_what_to_write(model: str) -> None:
    assert f"'openai:{model}'" in refused(model)


@pytest.mark.parametrize("model", ["openai:", "openai:  ", ":gpt-5", ":"])
def test_a_name_of_which_a_half_is_missing_is_refused(model: str) -> None:
    said = refused(model)
    assert f"model={model!r}" in said
    assert "openai:openai" not in said
    assert "install" not in said


@pytest.mark.parametrize("model", ["nosuchprovider:model", "openia:gpt-5"])
def test_an_unknown_provider_is_refused_in_one_line_with_the_name_and_those_there_are(model: str) -> None:
    said = refused(model)
    assert said.startswith(f"model={model!r}: LangChain knows no provider {model.partition(':')[0]!r}, but anthropic, ")
    assert "model_provider" not in said
    assert "\n" not in said


def test_another_provider_without_the_extra_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain", None)  # as if it were not installed
    assert "pip install 'langchain-rlm[providers]'" in refused("anthropic:claude-sonnet-4-5")


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_key_is_refused_with_the_name_of_the_variable(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("OPENAI_API_KEY")
    else:
        monkeypatch.setenv("OPENAI_API_KEY", value)
    said = refused("openai:gpt-5")
    assert "OPENAI_API_KEY" in said
    assert "'offline'" in said


# -- what is known of a model -----------------------------------------------------------------------------------------


def test_the_window_is_what_the_profile_says_or_unknown() -> None:
    assert window_of(resolve_model("openai:gpt-5")) == 272_000
    assert window_of(ChatOpenAI(model="a-model-of-our-own")) is None
    assert window_of(FakeListChatModel(responses=["a"])) is None
    assert (window_of(OfflineChatModel()) or 0) > 0
    assert window_of(FakeListChatModel(responses=["a"], profile={"max_input_tokens": 5_000})) == 5_000


def test_the_name_is_the_models_or_else_its_kind() -> None:
    assert name_of(ChatOpenAI(model="models/gemini-2.5-flash")) == "gemini-2.5-flash"
    assert name_of(FakeListChatModel(responses=["a"])) == "fake-list-chat-model"
    assert "offline" in name_of(OfflineChatModel())


def test_the_provider_is_the_one_langsmith_names() -> None:
    assert provider_of(resolve_model("openai:gpt-5")) == "openai"


def test_the_keys_of_a_model_are_known_and_no_more() -> None:
    assert secrets_of(resolve_model("openai:gpt-5")) == [KEY]
    assert secrets_of(FakeListChatModel(responses=["a"])) == []
    assert secrets_of(OfflineChatModel()) == []
    told = {"session_key": "e", "token_budget": "3"}
    assert secrets_of(ChatOpenAI(model="m", api_key=SecretStr("none"), metadata=told)) == []
