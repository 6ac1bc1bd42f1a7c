import json, re

def parse_json(text):
    match = re.search(r'```(?:json)?\s*(.*?)```', text, re.DOTALL)
    raw = match.group(1) if match else text
    try:
        return json.loads(raw)
    except json.JSONDecodeError as e:
        return {"error": str(e)}

chunks = context.split("\n\n")
extracted = []
for c in chunks[:4]:
    reply = llm_query(f"Return JSON with keys topic, score, items.\n{c}")
    extracted.append(parse_json(reply))
extracted.append(parse_json("{oops"))
print(json.dumps(extracted[0], indent=2))
result = extracted
