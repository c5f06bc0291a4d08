"""Who may include whom: holds the sources to the tables in architecture.md.

Not only the direction between folders: also which libraries a folder may
touch, in which folders words of concurrency may stand, and that actors do not
include each other's headers.
"""

import pathlib
import re

import source_tree

TABLES = "docs/architecture.md"
ALLOWED = "tests/checks/includes_allowed.txt"
WHOLE_CAST = "runtime/node.cpp"

SYSTEM_FOLDERS = ("sys/", "linux/", "netinet/", "arpa/", "net/", "asm/")
SYSTEM_HEADERS = {
    "cpuid.h", "dirent.h", "dlfcn.h", "emmintrin.h", "errno.h", "fcntl.h",
    "grp.h", "ifaddrs.h", "immintrin.h", "limits.h", "malloc.h", "netdb.h",
    "poll.h", "pthread.h", "pwd.h", "sched.h", "signal.h", "spawn.h",
    "stdlib.h", "string.h", "sysexits.h", "syslog.h", "termios.h", "time.h",
    "unistd.h", "x86intrin.h"}

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
_CODE_SPAN = re.compile(r"`([^`]+)`")


# --- The tables --------------------------------------------------------------

def rows(text, first_cell):
    """The cells of each row of the table whose header starts so."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {first_cell} |"):
            break
    for line in lines:
        if not line.startswith("|"):
            return
        if not line.startswith("|---"):
            yield line.strip("|").split("|")


def read_rooms(text):
    rooms = {}
    for cells in rows(text, "folder"):
        folder, _, ours, libraries, never = map(_CODE_SPAN.findall, cells)
        rooms[folder[0]] = {"ours": folder + ours, "libraries": libraries,
                            "never": never}
    return rooms


def read_words(text):
    return [(word, _CODE_SPAN.findall(cells[1]))
            for cells in rows(text, "word")
            for word in _CODE_SPAN.findall(cells[0])]


def read_allowed(root):
    path = pathlib.Path(root) / ALLOWED
    allowed, problems = set(), []
    for line in path.read_text().splitlines() if path.exists() else []:
        if not line.strip() or line.startswith("#"):
            continue
        entry = re.fullmatch(r"(\S+)\s+(\S+)\s*\|\s*\S.*", line)
        if entry:
            allowed.add(entry.groups())
        else:
            problems.append(f"{ALLOWED}: not '<file> <what> | <reason>': "
                            + line)
    return allowed, problems


# --- The sources ---------------------------------------------------------------

class Source:
    def __init__(self, root, name):
        self.name = str(name)
        self.text = source_tree.read(root, name)
        self.code = source_tree.bare(self.text)
        found = [(match.group(1), match.group(2), match.start(2))
                 for match in _INCLUDE.finditer(self.text)
                 if "include" in self.code[match.start():match.start(1)]]
        self.ours = [(path, at) for sign, path, at in found if sign == '"']
        self.foreign = [(path, at) for sign, path, at in found if sign == "<"]

    def at(self, offset):
        return f"{self.name}:{source_tree.line_of(self.text, offset)}"


def within(path, entries):
    """The longest entry that is the path, or a folder above it."""
    fitting = [entry for entry in entries
               if path == entry or (entry.endswith("/")
                                    and path.startswith(entry))]
    return max(fitting, key=len, default=None)


def is_free(header):
    """Of the standard library or the operating system."""
    return (re.fullmatch(r"[a-z_]\w*", header) is not None
            or header in SYSTEM_HEADERS or header.startswith(SYSTEM_FOLDERS))


def reached(source, sources):
    """All foreign headers that a source includes, and by way of which file."""
    seen, waiting, found = {source.name}, [source], {}
    while waiting:
        current = waiting.pop()
        for header, _ in current.foreign:
            found.setdefault(header, current.name)
        for path, _ in current.ours:
            if path in sources and path not in seen:
                seen.add(path)
                waiting.append(sources[path])
    return found


def direction_problems(source, room, rooms, sources):
    may = rooms[room]["ours"]
    for path, at in source.ours:
        target = within(path, rooms)
        if target is None:
            yield (source.at(at), path,
                   "start include paths at the root, in a folder of ours")
        elif path not in sources:
            yield source.at(at), path, "there is no such file"
        elif path not in may and target not in may:
            yield source.at(at), path, f"{room} may not know {target}"


def library_problems(source, room, rooms):
    for header, at in source.foreign:
        if not is_free(header) \
                and not within(header, rooms[room]["libraries"]):
            yield (source.at(at), header,
                   f"not among the libraries of {room}")


def never_problems(source, room, rooms, sources):
    for header, way in reached(source, sources).items():
        if within(header, rooms[room]["never"]):
            by = "" if way == source.name else f" (by way of {way})"
            yield source.name, header, f"never in {room}{by}"


def word_problems(source, words):
    for word, places in words:
        if within(source.name, places):
            continue
        if word.startswith("<"):
            found = next((at for header, at in source.foreign
                          if f"<{header}>" == word), None)
        else:
            match = re.search(re.escape(word) + r"(?![a-z])", source.code) \
                or re.search(re.escape(word) + "_", source.code)
            found = match.start() if match else None
        if found is not None:
            yield source.at(found), word, f"only in {' '.join(places)}"


# --- Actors ----------------------------------------------------------------------

def actor_headers(sources):
    return {name for name, source in sources.items()
            if name.startswith("actors/") and name.endswith(".hpp")
            and not name.endswith("/interfaces.hpp")
            and "behavior_type" in source.code}


def belongs_to(name, header):
    stem = pathlib.PurePosixPath(header).stem
    own = pathlib.PurePosixPath(name).stem
    return own == stem or own.startswith(stem + "_")


def cast_problems(source, headers):
    seen = [(path, at) for path, at in source.ours if path in headers]
    if source.name.startswith("tests/") or source.name == WHOLE_CAST:
        return
    if re.fullmatch(r"runtime/\w+_cast\.cpp", source.name):
        return  # starts a part of it
    if source.name.startswith("actors/"):
        for path, at in seen:
            if not belongs_to(source.name, path):
                yield (source.at(at), path,
                       "an actor knows another by its handle only")
    else:
        for path, at in seen[1:]:
            yield source.at(at), path, f"only {WHOLE_CAST} sees the whole cast"


def check(root):
    text = source_tree.read(root, TABLES)
    rooms, words = read_rooms(text), read_words(text)
    if not rooms or not words:
        return [f"{TABLES}: the tables of folders and words are not there"]
    sources = {str(name): Source(root, name)
               for name in source_tree.code_files(root)}
    headers = actor_headers(sources)
    allowed, problems = read_allowed(root)
    for name, source in sources.items():
        room = within(name, rooms)
        if room is None:
            problems.append(f"{name}: in no folder of {TABLES}")
            continue
        for place, what, why in (
                *direction_problems(source, room, rooms, sources),
                *library_problems(source, room, rooms),
                *never_problems(source, room, rooms, sources),
                *word_problems(source, words),
                *cast_problems(source, headers)):
            if (name, what) not in allowed:
                problems.append(f"{place}: {what}: {why}")
    return problems


GOOD = {
    TABLES: """
| folder | holds | may include | libraries | never |
|---|---|---|---|---|
| `shm/` | memory | | `boost/outcome/` | `caf/` |
| `actors/rules/` | decisions | `actors/messages.hpp` | | `caf/` `fstream` |
| `actors/` | cast | `actors/rules/` `shm/` | `caf/` | `caf/io/` |
| `runtime/` | start | `actors/` `shm/` | `caf/` | |
| `tests/` | tests | `shm/` | `catch2/` | |

| word | only in |
|---|---|
| `std::atomic` `<atomic>` | `shm/` |
| `std::mutex` `<mutex>` | `tests/` |
| `_clock::now` | `runtime/` |
""",
    "shm/a.hpp": "#include <atomic>\n#include <boost/outcome/x.hpp>\n"
                 "#include <sys/mman.h>\nstd::atomic<int> a;\n",
    "actors/messages.hpp": "#include <string>\n",
    "actors/rules/r.hpp": '#include "actors/messages.hpp"\n'
                          "// std::mutex in a comment is prose\n",
    "actors/peer.hpp": "#include <caf/fwd.hpp>\n"
                       "peer_actor::behavior_type peer();\n",
    "actors/peer.cpp": '#include "actors/peer.hpp"\n#include "shm/a.hpp"\n',
    "actors/router.hpp": "router_actor::behavior_type router();\n",
    "runtime/node.cpp": '#include "actors/peer.hpp"\n'
                        '#include "actors/router.hpp"\n',
    "runtime/odd.cpp": "#include <mutex>\nstd::mutex m;\n",
    "tests/a_test.cpp": '#include "shm/a.hpp"\n#include <catch2/catch.hpp>\n'
                        "std::mutex m;\n",
    ALLOWED: "runtime/odd.cpp <mutex> | a library asks for one\n"
             "runtime/odd.cpp std::mutex | a library asks for one\n",
}


def with_line(name, line):
    return {name: GOOD[name] + line}


WRONG = [
    ("the wrong direction", with_line("shm/a.hpp",
                                      '#include "actors/messages.hpp"\n'),
     "shm/a.hpp:5: actors/messages.hpp: shm/ may not know actors/"),
    ("rules that know actors", with_line("actors/rules/r.hpp",
                                         '#include "actors/peer.hpp"\n'),
     "may not know actors/"),
    ("tests included", with_line("runtime/node.cpp",
                                 '#include "tests/a_test.cpp"\n'),
     "runtime/ may not know tests/"),
    ("a path beside the file", with_line("actors/peer.cpp",
                                         '#include "peer.hpp"\n'),
     "start include paths at the root"),
    ("a file that is not there", with_line("actors/peer.cpp",
                                           '#include "shm/b.hpp"\n'),
     "there is no such file"),
    ("a foreign library", with_line("shm/a.hpp",
                                    "#include <nlohmann/json.hpp>\n"),
     "not among the libraries of shm/"),
    ("an unknown header", with_line("shm/a.hpp", "#include <zlib.h>\n"),
     "not among the libraries of shm/"),
    ("a forbidden part of a library", with_line("actors/peer.cpp",
                                                "#include <caf/io/all.hpp>\n"),
     "never in actors/"),
    ("a library by a detour", with_line("actors/messages.hpp",
                                        "#include <caf/message.hpp>\n"),
     "never in actors/rules/ (by way of actors/messages.hpp)"),
    ("a file read in a rule", with_line("actors/rules/r.hpp",
                                        "#include <fstream>\n"),
     "fstream: never"),
    ("an atomic elsewhere", with_line("actors/peer.cpp",
                                      "std::atomic_flag f;\n"),
     "actors/peer.cpp:3: std::atomic: only in shm/"),
    ("a mutex", with_line("runtime/node.cpp", "#include <mutex>\n"),
     "<mutex>: only in tests/"),
    ("a clock in a rule", with_line("actors/rules/r.hpp",
                                    "auto t = std::chrono::steady_clock::now();"
                                    "\n"),
     "_clock::now: only in runtime/"),
    ("an exception without reason", {ALLOWED: "runtime/odd.cpp <mutex>\n"},
     "<reason>"),
    ("an actor that knows another", with_line("actors/peer.cpp",
                                              '#include "actors/router.hpp"\n'),
     "by its handle only"),
    ("the cast seen twice", {"runtime/odd.cpp": GOOD["runtime/node.cpp"]},
     "only runtime/node.cpp sees the whole cast"),
    ("a folder without a row", {"extra/a.cpp": ""}, "in no folder"),
    ("no tables", {TABLES: "# Architecture\n"}, "are not there"),
]

if __name__ == "__main__":
    source_tree.main(check, GOOD, WRONG)
