"""The docs point only at what exists: links, and paths in backticks."""

import pathlib
import posixpath
import re

import source_tree

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_BACKTICKED = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.\w+)`")
_HEADING = re.compile(r"^#+\s+(.*?)\s*$", re.MULTILINE)


def pages(root):
    return [name for name in source_tree.files(root)
            if name.suffix == ".md"
            and (name.parts[0] == "docs" or str(name) == "README.md")]


def anchor(heading):
    """The anchor GitHub gives a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def anchors(root, name):
    return {anchor(text) for text in _HEADING.findall(
        _FENCE.sub("", source_tree.read(root, name)))}


def link_problem(root, page, target):
    if re.match(r"[a-z]+:", target):
        return None
    path, _, fragment = target.partition("#")
    name = (posixpath.normpath(posixpath.join(str(page.parent), path))
            if path else str(page))
    if not (pathlib.Path(root) / name).exists():
        return f"{page}: link to {target}, which does not exist"
    if fragment and name.endswith(".md") \
            and fragment not in anchors(root, name):
        return f"{page}: link to {target}, which has no such heading"
    return None


def path_problem(root, page, path, folders):
    """A path counts as ours when it starts with a folder of ours."""
    if path.split("/")[0] not in folders:
        return None
    if (pathlib.Path(root) / path).exists():
        return None
    return f"{page}: names `{path}`, which does not exist"


def check(root):
    folders = {name.parts[0] for name in source_tree.files(root)
               if len(name.parts) > 1}
    problems = []
    for page in pages(root):
        prose = _FENCE.sub("", source_tree.read(root, page))
        problems += [link_problem(root, page, target)
                     for target in _LINK.findall(prose)]
        problems += [path_problem(root, page, path, folders)
                     for path in _BACKTICKED.findall(prose)]
    return [problem for problem in problems if problem]


GOOD = {
    "README.md": "[map](docs/map.md#the-rooms) [web](https://a.b/c.md)\n"
                 "`shm/region.hpp` `other/x.hpp`\n"
                 "```\n[none](none.md)\n```\n",
    "docs/map.md": "# The rooms\n[home](../README.md) [up](#the-rooms)\n",
    "shm/region.hpp": "",
}
WRONG = [
    ("a dead link", {"docs/map.md": "# The rooms\n[x](gone.md)\n"},
     "docs/map.md: link to gone.md"),
    ("a dead heading", {"docs/map.md": "# Rooms\n"}, "no such heading"),
    ("a file that went", {"shm/region.hpp": None, "shm/view.hpp": ""},
     "names `shm/region.hpp`"),
]

if __name__ == "__main__":
    source_tree.main(check, GOOD, WRONG)
