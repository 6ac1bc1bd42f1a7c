import io
buf = io.StringIO()
for i, para in enumerate(context.split("\n\n")[:3]):
    buf.write(f"{i}: {para[:20]}\n")
print("total", len(buf.getvalue()), file=buf)
result = buf.getvalue()
