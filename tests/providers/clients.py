"""The client that the users of each provider have, at the test server.

OpenRouter, LiteLLM, vLLM, llama.cpp, Together and Fireworks are asked through ChatOpenAI. Each package is imported when
its provider is asked.
"""

from collections.abc import Callable
from typing import Any

from langchain_core.language_models import BaseChatModel

from tests.server.client import ModelServer

Settings = dict[str, Any]


def _openai(root: str, settings: Settings) -> BaseChatModel:
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(base_url=f"{root}/v1", **settings)


def _responses(root: str, settings: Settings) -> BaseChatModel:
    return _openai(root, {**settings, "use_responses_api": True})


def _azure(root: str, settings: Settings) -> BaseChatModel:
    from langchain_openai import AzureChatOpenAI

    name = settings.pop("model")
    return AzureChatOpenAI(azure_endpoint=root, azure_deployment=name, model=name, api_version="2024-10-21", **settings)


def _anthropic(root: str, settings: Settings) -> BaseChatModel:
    from langchain_anthropic import ChatAnthropic

    return ChatAnthropic(base_url=root, **settings)


def _gemini(root: str, settings: Settings) -> BaseChatModel:
    from langchain_google_genai import ChatGoogleGenerativeAI

    return ChatGoogleGenerativeAI(base_url=root, **settings)


def _bedrock(root: str, settings: Settings) -> BaseChatModel:
    from botocore.config import Config
    from langchain_aws import ChatBedrockConverse

    secret = settings.pop("api_key")
    address: Settings = {"endpoint_url": root, "region_name": "us-east-1", "provider": "anthropic"}
    keys: Settings = {"aws_access_key_id": secret, "aws_secret_access_key": secret}
    once = Config(retries={"total_max_attempts": 1})  # what this package retries is counted
    return ChatBedrockConverse(config=once, disable_streaming=True, **address, **keys, **settings)


def _mistral(root: str, settings: Settings) -> BaseChatModel:
    from langchain_mistralai import ChatMistralAI

    return ChatMistralAI(base_url=f"{root}/v1", **settings)


def _groq(root: str, settings: Settings) -> BaseChatModel:
    from langchain_groq import ChatGroq

    return ChatGroq(base_url=root, **{"max_retries": 0, **settings})


def _deepseek(root: str, settings: Settings) -> BaseChatModel:
    from langchain_deepseek import ChatDeepSeek

    return ChatDeepSeek(base_url=f"{root}/v1", **settings)


def _ollama(root: str, settings: Settings) -> BaseChatModel:
    from langchain_ollama import ChatOllama

    del settings["api_key"]
    return ChatOllama(base_url=root, **settings)


CLIENTS: dict[str, Callable[[str, Settings], BaseChatModel]] = {
    "openai": _openai, "responses": _responses, "azure": _azure, "anthropic": _anthropic, "gemini": _gemini,
    "bedrock": _bedrock, "mistral": _mistral, "groq": _groq, "deepseek": _deepseek, "openrouter": _openai,
    "litellm": _openai, "vllm": _openai, "llamacpp": _openai, "ollama": _ollama, "together": _openai,
    "fireworks": _openai,
}  # fmt: skip


def model_of(server: ModelServer, provider: str, name: str | None = None, key: str = "none", **more: Any) -> Any:
    """The client of a provider's users, for the model `name` (or one named like the provider)."""
    return CLIENTS[provider](server.url.removesuffix("/v1"), {"model": name or provider, "api_key": key, **more})
