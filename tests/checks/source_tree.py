"""What the checks share: which files there are, and how a check runs.

A check is a function from the root of a tree to a list of problems. Its
self-test is a good tree, in which it finds none, and the good tree with one
file changed, in which it must find what was done.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

NOT_OURS = {".git", ".cache", "build"}
CODE = {".hpp", ".cpp"}


def files(root):
    """Every file of ours below root: what git knows or would add."""
    root = pathlib.Path(root)
    if (root / ".git").exists():
        try:
            listed = subprocess.run(
                ["git", "-C", str(root), "ls-files", "-z", "--cached",
                 "--others", "--exclude-standard"],
                capture_output=True, check=True).stdout.decode()
            names = {name for name in listed.split("\0") if name}
            return sorted(pathlib.PurePosixPath(name) for name in names
                          if (root / name).is_file())
        except (OSError, subprocess.CalledProcessError):
            pass  # no git here, or a tree of another owner: walk instead
    return sorted(
        pathlib.PurePosixPath(path.relative_to(root).as_posix())
        for path in root.rglob("*")
        if path.is_file()
        and path.relative_to(root).parts[0] not in NOT_OURS
        and "__pycache__" not in path.parts)


def read(root, name):
    return (pathlib.Path(root) / name).read_text(encoding="utf-8",
                                                 errors="replace")


def code_files(root):
    return [name for name in files(root) if name.suffix in CODE]


_COMMENT_OR_LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"([^()\\\s]{0,16})\(.*?\)\1"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'",
    re.DOTALL)


def bare(text):
    """C++ text with comments and literals blanked; every line keeps its place."""
    return _COMMENT_OR_LITERAL.sub(
        lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def _write(root, tree):
    for name, text in tree.items():
        path = pathlib.Path(root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _found_in(check, tree):
    with tempfile.TemporaryDirectory() as root:
        _write(root, tree)
        return check(root)


def _self_test(check, good, wrong):
    failures = []
    found = _found_in(check, good)
    if found:
        failures.append("finds in the good tree: " + "; ".join(found))
    for what, changed, expected in wrong:
        tree = {name: text for name, text in {**good, **changed}.items()
                if text is not None}
        found = _found_in(check, tree)
        if not any(expected in problem for problem in found):
            failures.append(f"{what}: says {found}, not '{expected}'")
    return failures


def main(check, good, wrong):
    """Runs the check on the tree named, or its self-test.

    `wrong` lists (what is wrong, files to change or None to remove, words
    that the problem must contain).
    """
    if sys.argv[1:] == ["--self-test"]:
        problems = _self_test(check, good, wrong)
    else:
        root = sys.argv[1] if len(sys.argv) > 1 else "."
        problems = check(root)
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
