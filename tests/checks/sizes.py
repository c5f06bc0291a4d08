"""Guards the tail: long functions and files may stand, but not grow.

Prints the ten longest of each. Fails when a function above 70 lines or a file
above 400 is not in sizes_allowed.txt, or is longer than it says there.
"""

import ast
import pathlib
import re

import source_tree

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400
ALLOWED = "tests/checks/sizes_allowed.txt"
COUNTED = source_tree.CODE | {".py", ".js", ".html", ".css", ".sh", ".cmake"}

_SCOPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:export\s+|inline\s+)*"
                    r"(?:namespace|class|struct|union|enum|extern)\b",
                    re.DOTALL)
_NAME = re.compile(r"([~\w]+(?:::[~\w]+)*|operator\s*\S{1,3})\s*\(")


def head_name(bare_head, head):
    """What to call a function: its name, or the sentence of a test case."""
    quoted = re.search(r'"([^"]*)"', head)
    if re.match(r"\s*(TEST_CASE|SCENARIO|TEMPLATE_TEST)", head) and quoted:
        return quoted.group(1)
    named = _NAME.search(bare_head)
    return named.group(1) if named else "(unnamed)"


def closing_brace(code, opening):
    depth = 0
    for at in range(opening, len(code)):
        if code[at] == "{":
            depth += 1
        elif code[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    return len(code) - 1


def starts_member_value(head):
    """True for the brace of `: count_{0}` in a constructor's list."""
    _, colon, values = head.partition(")")
    values = re.sub(r"::", "", values)
    return bool(colon and ":" in values and re.search(r"[\w>]\s*$", head))


def cpp_functions(text):
    """(name, first line, line count) of each function body in C++ text.

    Reads braces, not the language: good enough to rank lengths.
    """
    code = re.sub(r"(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
                  lambda found: re.sub(r"[^\n]", " ", found.group()),
                  source_tree.bare(text))
    start = at = parens = 0
    while at < len(code):
        sign = code[at]
        if sign in "()":
            parens += 1 if sign == "(" else -1
        elif parens == 0 and sign in ";}":
            start = at + 1
        elif parens == 0 and sign == "{":
            head = code[start:at]
            if _SCOPE.match(head.strip()):
                start = at + 1
            elif starts_member_value(head) or "(" not in head:
                at = closing_brace(code, at)
            else:
                end = closing_brace(code, at)
                first = start + len(head) - len(head.lstrip())
                yield (head_name(head, text[start:at]),
                       source_tree.line_of(code, first),
                       code.count("\n", first, end) + 1)
                at = end
                start = at + 1
        at += 1


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def functions_in(name, text):
    if name.suffix in source_tree.CODE:
        return list(cpp_functions(text))
    return list(python_functions(text)) if name.suffix == ".py" else []


def measure(root):
    """(lines, key) of all files, and (lines, key, line) of all functions."""
    file_sizes, function_sizes = [], []
    for name in source_tree.files(root):
        if name.suffix not in COUNTED and name.name != "CMakeLists.txt":
            continue
        text = source_tree.read(root, name)
        file_sizes.append((len(text.splitlines()), str(name)))
        function_sizes += [(lines, f"{name}:{function}", line)
                           for function, line, lines
                           in functions_in(name, text)]
    return file_sizes, function_sizes


def read_allowed(root):
    """Each line: <lines> <file or file:function> | <reason>"""
    path = pathlib.Path(root) / ALLOWED
    allowed, problems = {}, []
    for line in path.read_text().splitlines() if path.exists() else []:
        if not line.strip() or line.startswith("#"):
            continue
        entry = re.fullmatch(r"(\d+)\s+(.+?)\s*\|\s*(\S.*)", line)
        if entry:
            allowed[entry.group(2)] = int(entry.group(1))
        else:
            problems.append(f"{ALLOWED}: not '<lines> <what> | <reason>': "
                            + line)
    return allowed, problems


def too_long(sizes, limit, allowed):
    for lines, key, *_ in sizes:
        bound = allowed.get(key, limit)
        if lines > max(bound, limit):
            yield (f"{key}: {lines} lines, at most {max(bound, limit)}: "
                   "what is its second subject?")


def check(root):
    file_sizes, function_sizes = measure(root)
    allowed, problems = read_allowed(root)
    problems += too_long(file_sizes, FILE_LINES_MAX, allowed)
    problems += too_long(function_sizes, FUNCTION_LINES_MAX, allowed)
    return problems


def check_and_rank(root):
    file_sizes, function_sizes = measure(root)
    print("longest files")
    for lines, key in sorted(file_sizes, reverse=True)[:10]:
        print(f"{lines:6} {key}")
    print("longest functions")
    for lines, key, line in sorted(function_sizes, reverse=True)[:10]:
        print(f"{lines:6} {key} (line {line})")
    return check(root)


def body(lines):
    return "{\n" + "  step();\n" * (lines - 2) + "}\n"


GOOD = {
    "shm/a.cpp": "namespace a {\nstruct b {\n  b() : c_{1}, d_{2} {}\n};\n"
                 "void f(int x = {}) " + body(70) + "}\n",
    "shm/b.cpp": "int x;\n" * 400,
    "shm/known.cpp": "void known() " + body(90),
    ALLOWED: "# lines what | reason\n90 shm/known.cpp:known | a table\n",
}
WRONG = [
    ("a long function", {"shm/a.cpp": "void f() const " + body(71)},
     "shm/a.cpp:f: 71 lines"),
    ("a long member", {"shm/a.cpp": "struct s {\n int g() " + body(80) + "};"},
     "shm/a.cpp:g: 80 lines"),
    ("a long constructor",
     {"shm/a.cpp": "s::s(int a) : a_{a}, b_(a) " + body(75)},
     "shm/a.cpp:s::s: 75 lines"),
    ("a long test", {"tests/a.cpp": 'TEST_CASE("it, holds") ' + body(71)},
     "tests/a.cpp:it, holds: 71 lines"),
    ("a long file", {"shm/b.cpp": "int x;\n" * 401}, "shm/b.cpp: 401 lines"),
    ("growth", {"shm/known.cpp": "void known() " + body(91)}, "at most 90"),
    ("no reason", {ALLOWED: "90 shm/known.cpp:known\n"}, "<reason>"),
    ("a long python function",
     {"tests/a.py": "def f():\n" + "    x = 1\n" * 71}, "tests/a.py:f: 72"),
]

if __name__ == "__main__":
    import sys
    source_tree.main(
        check if "--self-test" in sys.argv else check_and_rank, GOOD, WRONG)
