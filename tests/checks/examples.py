"""Code blocks of the docs that name a file hold exactly that file's text.

A block names one in its first line: ```cpp file=apps/examples/01_hello.cpp.
The numbered examples are the tutorial, so each must be shown.
"""

import pathlib
import re

import source_tree

TUTORIAL = "docs/getting-started.md"
_BLOCK = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NUMBERED = re.compile(r"apps/examples/\d\d_\w+\.cpp")


def block_problem(root, page, name, text):
    path = pathlib.Path(root) / name
    if not path.is_file():
        return f"{page}: shows {name}, which does not exist"
    wanted = path.read_text(encoding="utf-8")
    if text == wanted:
        return None
    pairs = zip(text.splitlines() + [""], wanted.splitlines() + [""])
    line = next((number for number, (shown, there) in enumerate(pairs, 1)
                 if shown != there), 1)
    return f"{page}: the block of {name} differs from it in line {line}"


def check(root):
    problems, shown = [], set()
    for page in source_tree.files(root):
        if page.suffix != ".md":
            continue
        for name, text in _BLOCK.findall(source_tree.read(root, page)):
            problems.append(block_problem(root, page, name, text))
            if str(page) == TUTORIAL:
                shown.add(name)
    problems += [f"{name}: not shown in {TUTORIAL}"
                 for name in map(str, source_tree.files(root))
                 if _NUMBERED.fullmatch(name) and name not in shown]
    return [problem for problem in problems if problem]


GOOD = {
    "apps/examples/01_hello.cpp": "int main() {\n}\n",
    TUTORIAL: "Text\n```cpp file=apps/examples/01_hello.cpp\nint main() {\n}\n"
              "```\nmore\n```\nany\n```\n",
}
WRONG = [
    ("another text", {"apps/examples/01_hello.cpp": "int main() {\n\n}\n"},
     "differs from it in line 2"),
    ("a file too long", {"apps/examples/01_hello.cpp": "int main() {\n}\n//\n"},
     "differs from it in line 3"),
    ("no such file", {"apps/examples/01_hello.cpp": None}, "does not exist"),
    ("an example nobody shows", {"apps/examples/02_watch.cpp": ""},
     "02_watch.cpp: not shown"),
    ("a page that went", {TUTORIAL: None}, "01_hello.cpp: not shown"),
]

if __name__ == "__main__":
    source_tree.main(check, GOOD, WRONG)
