#!/usr/bin/env python3
"""Tests of WASI from inside: builds the guests of this folder and runs each.

usage: run.py LIND_VM [NAME ...]

LIND_VM may hold options ("build/bin/lind-vm --verify-stack"). Prints what failed and, as the last line,
"N passed, N failed, N skipped".
"""
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "lind-vm" / "wasi-tests"
COMPILE = ["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "--no-wasm-opt", "-O1", "-Wall", "-Wextra",
           "-Wno-int-to-pointer-cast"]
LIMIT_SECONDS = 60

# What a guest gets besides the directories, and what it must print, where that is not just "ok".
ARGUMENTS = {"process": ["two words", ""]}
INPUT = {"stdio": b"ping\n"}
STDERR = {"stdio": "to stderr\n"}


def build(source):
    """The guest's module, made anew if its source or check.h is newer."""
    CACHE.mkdir(parents=True, exist_ok=True)
    module = CACHE / (source.stem + ".wasm")
    newest = max(source.stat().st_mtime, (HERE / "check.h").stat().st_mtime)
    if not module.exists() or module.stat().st_mtime < newest:
        partial = module.with_suffix(f".{os.getpid()}")
        subprocess.run([*COMPILE, str(source), "-o", str(partial)], check=True)
        partial.replace(module)
    return module


def run(vm, module, name):
    with tempfile.TemporaryDirectory() as folder:
        root, read_only = pathlib.Path(folder, "root"), pathlib.Path(folder, "ro")
        root.mkdir()
        read_only.mkdir()
        (read_only / "data").write_text("read only\n")
        command = [*vm, "--dir", f"{root}::/", "--dir", f"{read_only}::/ro:ro", "--env", "LINDVM_TEST=a=b",
                   str(module), *ARGUMENTS.get(name, [])]
        return subprocess.run(command, input=INPUT.get(name, b""), capture_output=True, timeout=LIMIT_SECONDS)


def problem(vm, source):
    """What is wrong with a guest's run, or None."""
    try:
        done = run(vm, build(source), source.stem)
    except subprocess.TimeoutExpired:
        return f"did not end in {LIMIT_SECONDS} s"
    except subprocess.CalledProcessError:
        return "does not compile"
    out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    if (done.returncode, out, err) == (0, "ok\n", STDERR.get(source.stem, "")):
        return None
    return f"status {done.returncode}\n{out}{err}".rstrip()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    vm = shlex.split(sys.argv[1])
    vm[0] = str(pathlib.Path(vm[0]).resolve()) if "/" in vm[0] else vm[0]
    names = set(sys.argv[2:])
    passed = failed = 0
    for source in sorted(HERE.glob("*.c")):
        if names and source.stem not in names:
            continue
        wrong = problem(vm, source)
        if wrong is None:
            passed += 1
        else:
            failed += 1
            print(f"{source.stem}: {wrong}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
