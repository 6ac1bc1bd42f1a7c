import json, html
recs = [json.loads(l) for l in context.splitlines()]
result = [html.unescape("Tom &amp; Jerry &lt;3 &#39;ok&#39;"), html.escape("<a href='x'>"), recs[0]["title"]]
