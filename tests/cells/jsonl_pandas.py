import pandas as pd
import json
df = pd.DataFrame([json.loads(l) for l in context.splitlines()])
result = df["stars"].mean()
