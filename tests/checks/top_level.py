"""The top level holds exactly what it should: each entry is a promise."""

import source_tree

EXPECTED = {"CMakeLists.txt", "CMakePresets.json", "README.md", "actors",
            "apps", "config", "docs", "runtime", "shm", "tests"}


def check(root):
    present = {name.parts[0] for name in source_tree.files(root)
               if not name.parts[0].startswith(".")}
    return ([f"{name}: does not belong at the top level"
             for name in sorted(present - EXPECTED)]
            + [f"{name}: missing at the top level"
               for name in sorted(EXPECTED - present)])


GOOD = {name if "." in name else name + "/CMakeLists.txt": ""
        for name in EXPECTED} | {".gitignore": "", ".ci/run": ""}
WRONG = [
    ("a folder too many", {"scripts/x.sh": ""}, "scripts: does not belong"),
    ("a report at the root", {"STATUS.md": ""}, "STATUS.md: does not belong"),
    ("a folder gone", {"shm/CMakeLists.txt": None}, "shm: missing"),
]

if __name__ == "__main__":
    source_tree.main(check, GOOD, WRONG)
