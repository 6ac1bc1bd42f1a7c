"""What a person reads of a model that cannot be used: which one it is, what went wrong, what to do about it."""

import os
import re

from pydantic import SecretStr

from langchain_rlm.models.failures import Failure, Kind, ModelCallError
from langchain_rlm.models.resolve import Model, chat_models_of, name_of

REMEDIES: dict[Kind, str] = {
    "overflow": "Use a model with a larger window.",
    "rate_limit": "Ask again later, or with a lower max_concurrency.",
    "quota": "Look at the account's quota and credit at the provider.",
    "server": "Ask again later.",
    "timeout": "Ask again later, or give the client a longer timeout.",
    "malformed": "Check that its address is that of the provider's API.",
    "not_found": "Check the model's name, its address, and that the account may use it.",
    "host": "Free what this machine lacks (ulimit -n, memory), or lower max_concurrency.",
    "refused": "Ask in other words, or use another model.",
    "cut_off": "Raise its output limit.",
}
"""By kind. The message of any other kind says what to do, if anything helps."""

NO_IMAGES = (
    "Pass a sub-model that takes them (sub_model=..., or sub_models= and `model=` in the call), or run OCR on the file."
)
"""For a call with pictures whose model takes none."""

_DENIED = re.compile(r"access to|permission|not authorized|not allowed", re.IGNORECASE)


def unusable(role: str, model: Model, error: ModelCallError) -> str:
    """The message of a `ModelError` for a model that is, say, the "root model"."""
    said = str(error)
    end = "" if said.endswith((".", "!", "?")) else "."
    remedy = _remedy(error.failure, model)
    what = f"The {role} {name_of(model)!r} cannot be used ({error.failure.kind}): {said}"
    return f"{what}{end} {remedy}" if remedy else what


def _remedy(failure: Failure, model: Model) -> str | None:
    if failure.kind == "authentication" and _DENIED.search(failure.message):
        return "Check that its account may use it."
    if failure.kind == "authentication":
        variable = _key_variable(model)
        return f"Check its key, the environment variable {variable}." if variable else "Check its key."
    if failure.kind == "server" and failure.host:
        return f"Nothing answered at {failure.host}: check the address, and whether a server runs there."
    if failure.is_given_up:
        return "Ask again later, or give a call more time with Budget(call_seconds=...)."
    if failure.kind == "timeout" and failure.host:
        return f"{failure.host} did not answer in time: ask again later, or give the client a longer timeout."
    return REMEDIES.get(failure.kind)


def _key_variable(model: Model) -> str | None:
    """The environment variable that the key is from."""
    model = chat_models_of(model)[0]
    for name, variable in model.lc_secrets.items():
        key = getattr(model, name, None)
        if isinstance(key, SecretStr) and key.get_secret_value() == os.environ.get(variable):
            return variable
    return None
