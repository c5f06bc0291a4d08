"""Names say what a thing is, and the tree holds nothing unfinished.

Refuses names that say nothing, in file names and in identifiers; marks of
unfinished work; and paths of the machine somebody happened to work on.
"""

import re

import source_tree

EMPTY_NAMES = {"util", "utils", "common", "helper", "helpers", "manager",
               "misc", "impl2", "master", "slave"}
# Names that the standard library and CAF chose.
NOT_OUR_CHOICE = {"manager", "openssl_manager", "has_openssl_manager",
                  "common_type", "common_type_t", "common_reference",
                  "common_reference_t", "common_reference_with",
                  "common_with"}
# Spelled in two parts so that this file passes its own check.
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
MACHINE_PATHS = re.compile(
    r"(?<![\w.>)-])/(?:wo" + r"rk/|tmp/bash" + r"_jobs|ho" + r"me/\w|ro"
    + r"ot/)")
WITH_IDENTIFIERS = source_tree.CODE | {".py", ".js"}
BINARY = {".png", ".ico", ".bin"}

_INCLUDE = re.compile(r"^\s*#\s*include[^\n]*", re.MULTILINE)
_PYTHON_TEXT = re.compile(r"#[^\n]*|\"\"\".*?\"\"\"|\"[^\"\n]*\"|'[^'\n]*'",
                          re.DOTALL)


def parts_of(identifier):
    """snake_case and CamelCase taken apart: elector_state, MapView."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier)
    return [part.lower() for part in spaced.split("_") if part]


def name_problems(name):
    for part in name.parts:
        for word in re.split(r"[^A-Za-z0-9]+", part):
            for piece in parts_of(word):
                if piece in EMPTY_NAMES:
                    yield f"{name}: '{piece}' in a file name says nothing"


def identifier_problems(name, text):
    if name.suffix == ".py":
        code = _PYTHON_TEXT.sub("", text)
    else:
        code = _INCLUDE.sub("", source_tree.bare(text))
    seen = set()
    for identifier in re.findall(r"[A-Za-z_]\w*", code):
        if identifier in seen or identifier in NOT_OUR_CHOICE:
            continue
        seen.add(identifier)
        for piece in parts_of(identifier):
            if piece in EMPTY_NAMES:
                yield f"{name}: '{piece}' in '{identifier}' says nothing"


def text_problems(name, text):
    for pattern, what in ((UNFINISHED, "unfinished work"),
                          (MACHINE_PATHS, "a path of one machine")):
        for found in pattern.finditer(text):
            line = source_tree.line_of(text, found.start())
            yield f"{name}:{line}: {what}: {found.group()}"


def check(root):
    problems = []
    for name in source_tree.files(root):
        problems += name_problems(name)
        if name.suffix in BINARY or "corpus" in name.parts:
            continue
        text = source_tree.read(root, name)
        problems += text_problems(name, text)
        if name.suffix in WITH_IDENTIFIERS:
            problems += identifier_problems(name, text)
    return problems


GOOD = {
    "shm/region.hpp": "// a helper in a comment is prose\n"
                      "#include <boost/common/util.hpp>\n"
                      'const char* text = "manager";\n'
                      "using t = std::common_type_t<int, long>;\n"
                      "int network_homework;\n",
    "README.md": "See /run/holdfast and a common idea.\n",
}
WRONG = [
    ("an empty file name", {"shm/string_utils.hpp": ""}, "'utils' in a file"),
    ("an empty folder name", {"shm/common/x.hpp": ""}, "'common' in a file"),
    ("an empty identifier", {"shm/a.cpp": "struct RegionManager {};\n"},
     "'manager' in 'RegionManager'"),
    ("a banned role", {"shm/a.cpp": "int slave_count;\n"}, "'slave'"),
    ("unfinished work", {"docs/a.md": "one\nTO" + "DO: rest\n"},
     "docs/a.md:2: unfinished"),
    ("unfinished work in code", {"shm/a.cpp": "int a; // FIX" + "ME\n"},
     "unfinished"),
    ("a machine path", {"apps/run.sh": "cd /wo" + "rk/main\n"},
     "a path of one machine"),
    ("a job path", {"docs/a.md": "see `/tmp/bash" + "_jobs.0/x`\n"},
     "a path of one machine"),
]

if __name__ == "__main__":
    source_tree.main(check, GOOD, WRONG)
