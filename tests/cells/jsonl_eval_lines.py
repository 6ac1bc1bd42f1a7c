import json

records = [json.loads(line) for line in context.splitlines()]
pairs = list(map(eval, [str((record["id"], record["stars"])) for record in records]))
total = eval("+".join(str(stars) for _, stars in pairs))
result = (pairs, total)
print(result)
