#!/usr/bin/env python3
"""Programs for every part of the sysroot, built with lind-cc, run in the VM and compared with their native builds.

usage: run.py --bin build/bin [--vm "build/bin/lind-vm [flags]"] [--timeout SECONDS] [--jobs N] [NAME ...]

c/*.c and cxx/*.cpp must have the output and the exit status of what clang-22 makes of them for this machine; link/* must
compile and link. Without the C++ part of the sysroot (tools/dev sysroot) the C++ programs count as skipped. A source
may say in comments how it is built and run: "// flags: ...", "// args: ...", "// stdin: ..." (a line each). A line per failing program, and as the last line "N passed, N failed, N skipped".
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NATIVE = {".c": ["clang-22"], ".cpp": ["clang++-22"]}
GUEST = {".c": "lind-cc", ".cpp": "lind-c++"}
COMMON = ["-O2", "-Wno-everything", "-ffp-contract=off"]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/home/guest", "LANG": "C"}
DIRECTIVE = re.compile(r"^// (flags|args|stdin): (.*)$", re.MULTILINE)


def directives(source):
    """What the source's comments say: {"flags": [...], "args": [...], "stdin": bytes}."""
    found = {"flags": "", "args": "", "stdin": ""}
    for key, text in DIRECTIVE.findall(source.read_text()):
        found[key] += text + ("\n" if key == "stdin" else " ")
    return {"flags": shlex.split(found["flags"]), "args": shlex.split(found["args"]), "stdin": found["stdin"].encode()}


def build(compiler, source, flags, target):
    """Compiles and links; returns the compiler's messages where that fails."""
    libraries = ["-lm", "-lpthread"]
    done = subprocess.run([*compiler, *COMMON, *flags, str(source), "-o", str(target), *libraries],
                          capture_output=True, text=True, errors="replace")
    return None if done.returncode == 0 else f"does not build: {done.stderr.strip()[:400]}"


def run(command, said, folder, timeout):
    """(exit status, standard output, standard error) of the program in a folder of its own."""
    folder.mkdir()
    done = subprocess.run([*command, *said["args"]], input=said["stdin"], cwd=folder, capture_output=True, timeout=timeout,
                          env=ENVIRONMENT)
    return done.returncode, done.stdout, done.stderr


def first_difference(native, guest):
    for number, (a, b) in enumerate(zip(native.splitlines() + [b"<end>"], guest.splitlines() + [b"<end>"]), 1):
        if a != b:
            return f"line {number}: native {a[:160]!r}, guest {b[:160]!r}"
    return "outputs differ"


def check(source, args):
    """What is wrong with one program, or None."""
    said = directives(source)
    guest_compiler = [str(args.bin / GUEST[source.suffix])]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        problem = build(guest_compiler, source, said["flags"], folder / "guest")
        if problem or source.parent.name == "link":
            return problem
        problem = build(NATIVE[source.suffix], source, said["flags"], folder / "native")
        if problem:
            return f"native build: {problem}"
        try:
            native = run([folder / "native"], said, folder / "native.run", args.timeout)
            given = [word for name in ENVIRONMENT for word in ("--env", name)]
            guest = run([*args.vm, *given, "--dir", ".", folder / "guest"], said, folder / "guest.run", args.timeout)
        except subprocess.TimeoutExpired:
            return f"no end after {args.timeout:g} s"
    if native[0] != guest[0]:
        return f"exit status {guest[0]}, native {native[0]}: {guest[2].decode(errors='replace').strip()[-300:]}"
    return None if native[1] == guest[1] else first_difference(native[1], guest[1])


def absolute_command(text):
    program, *flags = shlex.split(text)
    return [str(pathlib.Path(program).absolute()), *flags]


def has_cxx(args):
    sysroot = os.environ.get("LINDVM_SYSROOT") or args.bin.parent / "sysroot"
    return (pathlib.Path(sysroot) / "include/c++").is_dir()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--bin", type=lambda text: pathlib.Path(text).absolute(), required=True)
    parser.add_argument("--vm", type=absolute_command)
    parser.add_argument("--timeout", type=float, default=30)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_intermixed_args()
    args.vm = args.vm or [str(args.bin / "lind-vm")]
    sources = sorted([*HERE.glob("c/*.c"), *HERE.glob("cxx/*.cpp"), *HERE.glob("link/*.c*")])
    sources = [source for source in sources if not args.names or source.stem in args.names]
    runnable = [source for source in sources if source.suffix == ".c" or has_cxx(args)]
    totals = [0, 0, len(sources) - len(runnable)]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for source, problem in zip(runnable, pool.map(lambda source: check(source, args), runnable)):
            totals[1 if problem else 0] += 1
            if problem:
                print(f"{source.parent.name}/{source.name}: {problem}", flush=True)
    print("{} passed, {} failed, {} skipped".format(*totals))
    sys.exit(1 if totals[1] else 0)


if __name__ == "__main__":
    main()
