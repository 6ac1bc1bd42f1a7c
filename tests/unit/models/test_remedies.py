"""What to do about a model that cannot be used."""

import pytest
from langchain_openai import ChatOpenAI

from langchain_rlm.models.failures import Failure, Kind, ModelCallError
from langchain_rlm.models.remedies import unusable

KEY = "sk-proj-abcdef0123456789"
FIND_IT = "Check the model's name, its address, and that the account may use it."


@pytest.mark.parametrize(
    ("kind", "said", "remedy"),
    [
        ("authentication", "Invalid API key", "Check its key, the environment variable OPENAI_API_KEY."),
        ("authentication", "You don't have access to the model with this ID.", "Check that its account may use it."),
        ("authentication", "User is not authorized to perform: bedrock", "Check that its account may use it."),
        ("not_found", "The model `m` does not exist", FIND_IT),
        ("rate_limit", "rate limit exceeded", "Ask again later, or with a lower max_concurrency."),
    ],
)
def test_the_message_names_the_model_what_went_wrong_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, kind: Kind, said: str, remedy: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    message = unusable("root model", ChatOpenAI(model="m"), ModelCallError(Failure(kind, said)))
    assert message == f"The root model 'm' cannot be used ({kind}): {said.rstrip('.')}. {remedy}"
