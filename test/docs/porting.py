# Runs the lines of Python in docs/porting.md and compares what they print with the page.
#   python test/docs/porting.py
import ast, os, re
from collections import OrderedDict
import numpy as np
import torch

PAGE = os.path.join(os.path.dirname(__file__), "../../docs/porting.md")


def code_of(cell):
    found = re.fullmatch(r"\s*(?:`` (.*) ``|`([^`]*)`)?\s*", cell)
    return (found[1] or found[2] or "").replace("\\|", "|")


def printed(source, scope):
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    try:
        exec(compile(tree, source, "exec"), scope)
        return str(eval(compile(ast.Expression(last.value), source, "eval"), scope)) if last else "None"
    except Exception as error:
        return f"{type(error).__name__}: {error}".strip()


scope, common, title, wrong = {}, {"np": np, "OrderedDict": OrderedDict}, "", 0
lines = open(PAGE).read().split("\n")
for number, line in enumerate(lines):
    if line.startswith("## "):
        scope, title = dict(common), line[3:]
    elif line == "```python" and title != "A whole script":
        exec("\n".join(lines[number + 1 : lines.index("```", number)]), scope if title else common)
    elif line.startswith("| `"):
        cells = re.split(r"(?<!\\)\|", line)
        python, prints = code_of(cells[1]), code_of(cells[3]) if len(cells) > 4 else ""
        result = re.sub(r"\n+ *", " ", printed(python, scope))
        if prints and result != prints or not prints and re.match(r"\w+Error: ", result):
            wrong += 1
            print(f"{number + 1}: {python}\n  page:   {prints}\n  Python: {result}")
print(f"{wrong} wrong")
