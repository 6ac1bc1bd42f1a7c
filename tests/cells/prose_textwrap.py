import textwrap
paras = context.split("\n\n")
wrapped = textwrap.fill(" ".join(paras[1].split()), width=60)
print(wrapped)
print(textwrap.indent(wrapped, "> "))
short = textwrap.shorten(context, width=60, placeholder="...")
result = (wrapped, short, textwrap.dedent("""
    a
      b
    c
"""))
