#!/usr/bin/env python3
"""Leaves one check, barrier or step out of shm/ and expects a race to fail.

Each mutant is a replacement in one file of a copy of shm/. A mutant that
survives means that the races would not notice if somebody removed that line.

usage: mutants.py [--only NAME] [--times N] [--list]
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# name, race that must fail, file in shm/, text, replacement
MUTANTS = [
    ("second-sequence-check", "lapped-four", "variable.hpp",
     "if (slot.sequence.load(std::memory_order_relaxed) == 2 * latest)",
     "if (true)"),
    ("odd-sequence", "lapped-three", "variable.hpp",
     "slot.sequence.store(2 * version - 1, std::memory_order_relaxed);", ""),
    ("publish-before-fill", "during-store", "variable.hpp",
     "  fill_slot(at, latest + 1,\n",
     "  publish(at, latest + 1);\n  fill_slot(at, latest + 1,\n"),
    ("fill-the-latest-slot", "torn-long", "variable.hpp",
     "auto& slot = at.slot_of(version);\n  slot.sequence.store",
     "auto& slot = at.slot_of(version - 1);\n  slot.sequence.store"),
    ("lock-not-taken", "two-writers", "variable.hpp",
     "  return wait_for_lock(at, owner);", "  return errc::ok;"),
    ("clear-after-reading", "drain", "dirty_set.hpp",
     "auto bits = words_[index].exchange(0, std::memory_order_seq_cst);",
     "auto bits = words_[index].load(std::memory_order_seq_cst);\n"
     "    struct later { layout::word& w;"
     " ~later() { w.store(0); } } l{words_[index]};"),
    ("summary-after-words", "drain", "dirty_set.hpp",
     "& bit(index)) == 0)", "& bit(index)) == 0 && index % 2 == 1)"),
    ("mark-before-publish", "drain", "variable.hpp",
     "  publish(at, latest + 1);\n  announce(in, *at.head, at.slot);",
     "  announce(in, *at.head, at.slot);\n"
     "  for (int i = 0; i < 20; ++i)\n    pause(0);\n"
     "  publish(at, latest + 1);"),
    ("flush-mark-before-publish", "flush", "variable.hpp",
     "  publish(at, latest + 1);\n  announce(in, *at.head, at.slot);",
     "  in.marks.on_stored(epoch);\n"
     "  for (int i = 0; i < 20; ++i)\n    pause(0);\n"
     "  publish(at, latest + 1);\n  announce(in, *at.head, at.slot);\n"
     "  release_lock(at);\n  return latest + 1;"),
    ("group-bit", "group", "group.cpp", "| lock_word::group_bit", "| 0"),
    ("double-collect", "group", "group.cpp",
     "if (copied == errc::ok && unchanged(slots, before))",
     "if (copied == errc::ok)"),
    ("generation-in-lock", "reuse", "variable.hpp",
     "auto free = layout::lock_word::free(at.generation);",
     "auto free = layout::lock_word::free(layout::lock_word::generation(\n"
     "    at.head->lock.load()));"),
    ("removal-not-counted", "reuse", "directory.cpp",
     "  map_.control->removals.fetch_add(1, std::memory_order_release);", ""),
    ("reuse-while-writer-inside", "reuse", "region.cpp",
     "  if (inside)\n    return false;", ""),
    ("wake-forgotten", "wait", "attachment.cpp",
     "    futex::wake(&head.latest);", "    ;"),
    ("look-before-noting-words", "wait", "wait.cpp",
     "    const auto words = words_of(variables, regions, others, scope);\n"
     "    const auto [code, index] = look(variables, others);",
     "    const auto [code, index] = look(variables, others);\n"
     "    const auto words = words_of(variables, regions, others, scope);"),
]

MUTANT_MILLISECONDS = 10000  # ends at the first breach
# Some races need two threads to meet within nanoseconds, which they may not do
# for long on a busy machine: one breach in so many runs is proof.
TRIES = 6
INTACT_MILLISECONDS = 1000
FLAGS = ["-std=c++20", "-O2", "-w", "-pthread"]


def units(tree: pathlib.Path) -> dict[str, list[pathlib.Path]]:
    """What is compiled together: fifteen times a file each takes minutes."""
    races = ("races.cpp", "lap_races.cpp", "race_main.cpp",
             "attached_region.cpp")
    return {"shm": sorted((tree / "shm").glob("*.cpp")),
            "races": [tree / "tests/shm" / name for name in races]}


def build(tree: pathlib.Path, program: pathlib.Path, objects: pathlib.Path,
          changed: str) -> None:
    """Compiles what the changed file reaches; reuses the rest."""
    inputs = []
    for unit, sources in units(tree).items():
        ready = objects / (unit + ".o")
        if not changed or changed.endswith(".hpp") or unit == "shm":
            text = "".join(f'#include "{source}"\n' for source in sources)
            target = program.parent / (unit + ".o") if changed else ready
            subprocess.run(["g++", *FLAGS, f"-I{tree}", "-x", "c++", "-", "-c",
                            "-o", target], input=text, text=True, check=True)
            ready = target
        inputs.append(ready)
    subprocess.run(["g++", "-pthread", *inputs, "-o", program], check=True)


def prepare(tree: pathlib.Path) -> None:
    shutil.copytree(ROOT / "shm", tree / "shm")
    shutil.copytree(ROOT / "tests/shm", tree / "tests/shm")


def run_race(program: pathlib.Path, race: str,
             milliseconds: int = MUTANT_MILLISECONDS) -> int:
    try:
        return subprocess.run([program, race, str(milliseconds)], timeout=120,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode
    except subprocess.TimeoutExpired:
        return 124


def judge(base: pathlib.Path, objects: pathlib.Path, mutant,
          times: int) -> str:
    """Empty if the mutant was caught each time, else why not."""
    name, race, file, text, replacement = mutant
    with tempfile.TemporaryDirectory(dir=base.parent) as folder:
        tree = pathlib.Path(folder) / "tree"
        shutil.copytree(base, tree)
        path = tree / "shm" / file
        source = path.read_text()
        if source.count(text) != 1:
            return f"{file} holds the text {source.count(text)} times, not once"
        path.write_text(source.replace(text, replacement))
        program = pathlib.Path(folder) / "race"
        build(tree, program, objects, file)
        for turn in range(times):
            if all(run_race(program, race) == 0 for _ in range(TRIES)):
                return f"the race '{race}' did not notice in turn {turn + 1}"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only")
    parser.add_argument("--times", type=int, default=1,
                        help="how often each mutant must be caught")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    chosen = [m for m in MUTANTS if options.only in (None, m[0])]
    if options.list:
        print("\n".join(m[0] for m in chosen))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        base = pathlib.Path(folder) / "base"
        objects = pathlib.Path(folder) / "objects"
        objects.mkdir()
        prepare(base)
        build(base, pathlib.Path(folder) / "race", objects, "")
        survivors = 0
        for race in sorted({m[1] for m in chosen}):
            intact = pathlib.Path(folder) / "race"
            if run_race(intact, race, INTACT_MILLISECONDS) != 0:
                print(f"{race}: fails without a mutant")
                return 1
        workers = min(2, os.cpu_count() or 1)
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            verdicts = pool.map(
                lambda m: judge(base, objects, m, options.times), chosen)
            for mutant, why in zip(chosen, verdicts):
                survivors += bool(why)
                print(f"{mutant[0]}: {why or 'caught'}", flush=True)
        print(f"mutants: {len(chosen)}, survivors: {survivors}")
    return 1 if survivors or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
