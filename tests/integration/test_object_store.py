"""Contexts in an object store: a real S3 API over HTTP, which also loses halves and gives what is not asked for."""

import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, cast

import boto3
import pytest
from langgraph.checkpoint.memory import InMemorySaver
from moto.server import ThreadedMotoServer

from langchain_rlm import RLM, InputError
from langchain_rlm.context.addresses import ALLOWED
from tests.server.client import ModelServer

TEXT = " ".join(f"word{number * 7919 % 9973}" for number in range(2_000))
THREAD: Any = {"configurable": {"thread_id": "1"}}
STORE = "s3://bucket/some/contexts"


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """A bucket, and the environment that leads to it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**keys, "AWS_ENDPOINT_URL": url}.items():
            patch.setenv(name, value)
        client = boto3.client("s3", endpoint_url=url, region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        yield client
        client.close()
    server.stop()


def rlm_of(server: ModelServer, answer: str, saver: Any, store: str = STORE) -> RLM:
    reply = f"```repl\nFINAL('{answer} ' + context[:5])\n```"
    server.configure(models={"root": {"kind": "rules", "default": reply}})
    return RLM(server.chat_model("root"), route="rlm", checkpointer=saver, context_store=store)


def keys_of(s3: Any, begins: str) -> list[str]:
    listed = s3.list_objects_v2(Bucket="bucket", Prefix=f"some/contexts/{begins}")
    return [found["Key"] for found in listed.get("Contents", [])]


async def test_a_thread_goes_on_elsewhere_and_says_what_is_wrong_in_the_store(
    model_server: ModelServer, s3: Any
) -> None:
    saver = InMemorySaver()
    first = await rlm_of(model_server, "one", saver).ainvoke({"question": "First?", "context": TEXT}, THREAD)
    assert (await rlm_of(model_server, "two", saver).ainvoke({"question": "Second?"}, THREAD))["answer"] == "two word0"
    assert keys_of(s3, "living-") == [], "no run lives"

    (part,) = keys_of(s3, "part-")
    body = s3.get_object(Bucket="bucket", Key=part)["Body"].read()
    s3.put_object(Bucket="bucket", Key=part, Body=body[: len(body) // 2])
    elsewhere = rlm_of(model_server, "three", saver)
    with pytest.raises(InputError, match=r"damaged \(part-.*Pass the context again: it is then stored anew"):
        await elsewhere.ainvoke({"question": "Third?"}, THREAD)
    assert (await elsewhere.ainvoke({"question": "Third?", "context": TEXT}, THREAD))["answer"] == "three word0"
    assert s3.get_object(Bucket="bucket", Key=part)["Body"].read() == body

    for key in keys_of(s3, ""):
        s3.delete_object(Bucket="bucket", Key=key)
    elsewhere = rlm_of(model_server, "four", saver)
    with pytest.raises(InputError, match=r"not in the context store: it was deleted there.*Pass it again"):
        await elsewhere.ainvoke({"question": "Fourth?"}, THREAD)
    assert (await elsewhere.ainvoke({"question": "Fourth?", "context": TEXT}, THREAD))["answer"] == "four word0"
    by_hash: Any = {"question": "Fifth?", "context": cast("Any", first["journal"][0])["context"]}
    other: Any = {"configurable": {"thread_id": "2"}}
    assert (await rlm_of(model_server, "five", saver).ainvoke(by_hash, other))["answer"] == "five word0"


def test_a_bucket_that_is_not_there_is_an_error_before_anything_is_paid_for(model_server: ModelServer, s3: Any) -> None:
    del s3
    rlm = rlm_of(model_server, "one", InMemorySaver(), "s3://missing/contexts")
    with pytest.raises(InputError, match=re.escape("context_store='s3://missing/contexts': cannot be written (")):
        rlm.invoke({"question": "First?", "context": TEXT}, THREAD)
    assert model_server.stats()["requests"] == 0


def test_an_object_that_is_allowed_is_a_context(
    model_server: ModelServer, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("texts/a.txt", "secret/a.txt"):
        s3.put_object(Bucket="bucket", Key=key, Body=TEXT.encode())
    monkeypatch.setenv(ALLOWED, "s3://bucket/texts")
    rlm = rlm_of(model_server, "one", InMemorySaver())
    result = rlm.invoke({"question": "First?", "context": "s3://bucket/texts/a.txt"}, THREAD)
    assert result["answer"] == "one word0"
    for address, why in (
        ("s3://bucket/secret/a.txt", "not among those"),
        ("s3://bucket/texts/missing.txt", "cannot be had"),
    ):
        with pytest.raises(InputError, match=why):
            rlm.invoke({"question": "First?", "context": address}, {"configurable": {"thread_id": "2"}})


FORKS = f"""
import os
from langchain_rlm.context.blobs import open_store
store = open_store({STORE!r})
store.put("key", b"text")
if pid := os.fork():
    os.waitpid(pid, 0)
else:
    try:
        store.get("key")
    except Exception as error:
        print(type(error).__name__, error, flush=True)
"""


def test_a_fork_of_a_process_that_used_the_store_is_told_so_and_does_not_wait(s3: Any) -> None:
    del s3
    done = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=True, timeout=90)
    assert done.stdout.startswith(f"HostError store='{STORE}' cannot be used here: this process was forked")
