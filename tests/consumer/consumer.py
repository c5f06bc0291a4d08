"""Installs Holdfast, builds an application against it, and runs that beside a
real node. Arguments: the build tree, the C++ compiler, its flags."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

PATIENCE = 30


def run(*command, **options):
    """Runs to the end and returns what was printed, or says what went wrong."""
    ended = subprocess.run(list(map(str, command)), text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=300, **options)
    if ended.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nended with "
                 f"{ended.returncode}:\n{ended.stdout}")
    return ended.stdout


def insist(holds, what):
    if not holds:
        sys.exit(f"not so: {what}")


def build_consumer(build, compiler, flags, work):
    prefix = work / "prefix"
    for component in ("client", "actor"):
        run("cmake", "--install", build, "--component", component,
            "--prefix", prefix)
    # Copied, so that nothing can be found by way of our tree.
    source = work / "source"
    shutil.copytree(pathlib.Path(__file__).parent, source)
    run("cmake", "-G", "Ninja", "-S", source, "-B", work / "build",
        f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={compiler}",
        f"-DCMAKE_CXX_FLAGS={flags} -Wall -Wextra -Werror",
        # A library that is linked shows even where it is not used.
        "-DCMAKE_EXE_LINKER_FLAGS=-Wl,--no-as-needed",
        "-DCMAKE_BUILD_TYPE=Debug")
    run("cmake", "--build", work / "build", "--parallel", "2")
    return work / "build"


def libraries(program):
    listed = run("readelf", "--dynamic", "--wide", program).splitlines()
    return [line for line in listed if "(NEEDED)" in line]


def start_node(build, work):
    text = {"node": {"data_directory": str(work / "data"),
                     "socket": str(work / "attach.sock")},
            "tenants": [{"name": "prod",
                         "principals": [{"name": "me", "uid": os.getuid(),
                                         "grants": [{"regions": "*",
                                                     "rights": ["read", "write"]
                                                     }]}],
                         "regions": [{"name": "quotes", "bytes": "1MiB",
                                      "variables": [{"name": "bid",
                                                     "type": "f64",
                                                     "capacity": "8B"}]}]}]}
    (work / "node.json").write_text(json.dumps(text))
    (work / "data").mkdir(mode=0o700)
    return subprocess.Popen([build / "bin" / "holdfast-node", "--config",
                             work / "node.json"])


def wait_for(path):
    until = time.monotonic() + PATIENCE
    while not path.exists():
        insist(time.monotonic() < until, f"the node makes {path}")
        time.sleep(0.01)


def run_consumer(consumer, socket):
    follower = subprocess.Popen([consumer / "follower", socket], text=True,
                                stdout=subprocess.PIPE)
    try:
        printed = run(consumer / "thin", socket)
        heard, _ = follower.communicate(timeout=PATIENCE)
    finally:
        follower.kill()
    insist(printed == "bid 101.75 version 3\n", f"thin printed {printed!r}")
    insist(follower.returncode == 0, f"the follower ends well: {heard}")
    lines = heard.splitlines()
    insist(lines[0] == "quotes attached at node 1"
           and lines[-1] == "bid 101.75 version 3", f"it heard {heard!r}")


def main():
    build, compiler, flags = sys.argv[1:]
    build = pathlib.Path(build)
    with tempfile.TemporaryDirectory(prefix="holdfast-consumer-") as name:
        work = pathlib.Path(name)
        consumer = build_consumer(build, compiler, flags, work)
        thin, full = (libraries(consumer / program)
                      for program in ("thin", "follower"))
        insist(not any("libcaf" in line for line in thin),
               f"the thin client needs no CAF: {thin}")
        insist(any("libcaf_core" in line for line in full),
               f"the check above sees CAF where it is: {full}")
        node = start_node(build, work)
        try:
            wait_for(work / "attach.sock")
            run_consumer(consumer, work / "attach.sock")
        finally:
            node.kill()
            node.wait()


if __name__ == "__main__":
    main()
