"""Checks the models: the right ones hold, each wrong variant is found.

    models.py              all of them, a minute and a half on one core
    models.py NAME ...     only these, "region_failover" or
                           "region_failover/WRONG_EMPTY_COUNTS"

A right model must be searched to its end: a search that ran out of depth,
memory or time has shown nothing. It stores each state whole, within MEMORY_MIB.
The search for what a wrong one does tells states apart by their hashes (-DHC4):
it may miss some, and what it finds is found all the same.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import time

MEMORY_MIB = 2000
SECONDS_MAX = 300
DEPTH_MAX = 10000

# Each model, and what it must find when a guard is left out.
MODELS = {
    "region_failover": [
        "WRONG_PROMISED_IS_ACCEPTED",
        "WRONG_SERVE_BEFORE_WRITE_BACK",
        "WRONG_ACTIVE_BEFORE_SETTLED",
        "WRONG_EMPTY_COUNTS",
        "WRONG_PROMISE_FORGOTTEN",
        "WRONG_RESTARTED_HOME_GOES_ON",
        "WRONG_NOT_OUTNUMBERED",
        "WRONG_BELOW_PROMISE",
        "WRONG_BY_VERSION_ALONE",
        "WRONG_DELTA_OF_OLDER_LIFE",
    ],
    "region_lease": [
        "WRONG_FROM_THE_ANSWER",
        "WRONG_NO_WAIT",
        "WRONG_WALL_CLOCK",
        "WRONG_BEATS_AFTER_PROMISE",
        "WRONG_ONE_IS_ENOUGH",
    ],
}


def run(command, folder):
    return subprocess.run(command, cwd=folder, timeout=SECONDS_MAX, text=True,
                          check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).stdout


def search(model, wrong):
    """What pan says of the model, without the guard `wrong` if there is one."""
    source = pathlib.Path(__file__).resolve().parent / f"{model}.pml"
    with tempfile.TemporaryDirectory() as folder:
        said = run(["spin", "-a"] + ([f"-D{wrong}"] if wrong else [])
                   + [str(source)], folder)
        if not (pathlib.Path(folder) / "pan.c").exists():
            return said
        # What a wrong one does is found sooner than it is optimised.
        said = run(["gcc", "-O1" if wrong else "-O2", "-w", "-DSAFETY",
                    "-DNOREDUCE", "-DHC4" if wrong else "-DCOLLAPSE",
                    f"-DMEMLIM={MEMORY_MIB}", "-o", "pan", "pan.c"], folder)
        if not (pathlib.Path(folder) / "pan").exists():
            return said
        # -E: a node that stands still for good is a legal end.
        return run(["./pan", "-E", f"-m{DEPTH_MAX}"], folder)


def number(said, pattern):
    found = re.search(pattern, said)
    return int(found.group(1)) if found else None


def complaint(said, wrong):
    """Why this is not what the search should have said; empty: it is."""
    errors = number(said, r"errors: (\d+)")
    if errors is None:
        return "it did not run:\n" + said
    if wrong:
        return "" if "assertion violated" in said else "nothing was found"
    if errors:
        return "violated:\n" + said
    for cut in ("Search not completed", "max search depth too small",
                "out of memory", "reached -DMEMLIM"):
        if cut in said:
            return f"the search is not complete: {cut}"
    return ""


def check(model, wrong):
    began = time.monotonic()
    try:
        said = search(model, wrong)
    except subprocess.TimeoutExpired:
        said = f"no end within {SECONDS_MAX} s"
    problem = complaint(said, wrong)
    states = number(said, r"(\d+) states, stored")
    print(f"{'WRONG' if problem else 'ok':5} {model:16} {wrong or '':32} "
          f"{states or 0:9} states {time.monotonic() - began:6.1f} s",
          flush=True)
    if problem:
        print(problem)
    return not problem


def self_test():
    """What must not count as shown."""
    full = "State-vector 8 byte, depth reached 9, errors: 0\n 9 states, stored"
    assert complaint(full, None) == ""
    assert complaint(full, "WRONG_X") != ""
    assert complaint("error: max search depth too small\n" + full, None) != ""
    assert complaint("Warning: Search not completed\n" + full, None) != ""
    assert complaint("pan: reached -DMEMLIM bound\n" + full, None) != ""
    assert complaint("pan:1: assertion violated x\n"
                     + full.replace("errors: 0", "errors: 1"), None) != ""
    assert complaint("spin: syntax error", "WRONG_X") != ""


def main():
    self_test()
    wanted = sys.argv[1:]
    cases = [(model, wrong) for model, all_wrong in MODELS.items()
             for wrong in [None] + all_wrong
             if not wanted or model in wanted or f"{model}/{wrong}" in wanted]
    results = [check(*case) for case in cases]
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
