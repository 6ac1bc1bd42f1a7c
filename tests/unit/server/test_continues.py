"""A model with rules that goes on where its reply was cut off: what tests of many faults at once rest on."""

from langchain_core.messages import AIMessage, HumanMessage

from tests.server.client import ModelServer


def test_a_reply_that_was_cut_off_goes_on_where_it_stopped(model_server: ModelServer) -> None:
    rule = {"match": r"mark=(\w+);", "reply": r"\1"}
    faults = [{"kind": "cut_off", "first": 1}]
    model_server.configure(models={"m": {"kind": "rules", "rules": [rule], "continues": True, "faults": faults}})
    model, asked = model_server.chat_model("m"), HumanMessage("mark=abcdefgh;")
    said = ""
    for part in ("abcd", "ef"):  # each prompt is cut off once, at the half of what is left
        said += model.invoke([asked, *([AIMessage(said), HumanMessage("Go on.")] if said else [])]).text
        assert said.endswith(part)
    whole = model.invoke([asked, AIMessage(said), HumanMessage("Go on.")])
    again = model.invoke([asked, AIMessage(said), HumanMessage("Go on.")])
    assert (whole.response_metadata["finish_reason"], again.response_metadata["finish_reason"]) == ("length", "stop")
    assert again.text == "gh"
