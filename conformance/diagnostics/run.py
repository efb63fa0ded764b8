#!/usr/bin/env python3
"""What lind-vm tells people who port programs: --strace, and calls through pointers of another function type. Each C
program is built with lind-cc and run; comments in it say how, and what must come out:

  // options: WORDS      of lind-vm; TRACE stands for a file
  // status: NUMBER      of the exit (0 if there is no such line)
  // stdout: TEXT        a line of the output, in order, all lines
  // stderr: REGEX       found in what lind-vm prints
  // stderr-distinct: all  no line comes twice there
  // trace: REGEX        a whole line of TRACE; in this order, other lines may be between

usage: run.py LIND_VM LIND_CC [NAME ...]
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LIMIT_SECONDS = 60


def directives(source):
    found = {}
    for key, value in re.findall(r"^// ([a-z-]+): (.*)$", source.read_text(), re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def unmatched(patterns, lines):
    """The first pattern that no line matches after those of the patterns before it."""
    rest = iter(lines)
    for pattern in patterns:
        if not any(re.fullmatch(pattern, line) for line in rest):
            return pattern
    return None


def problem(vm, cc, source, folder):
    """What is wrong, or None."""
    wanted = directives(source)
    program, trace = f"{folder}/{source.stem}.wasm", pathlib.Path(folder) / f"{source.stem}.trace"
    subprocess.run([cc, "-O1", "-g", "-Wno-everything", str(source), "-o", program], check=True)
    options = " ".join(wanted.get("options", [])).replace("TRACE", str(trace))
    done = subprocess.run([*vm, *shlex.split(options), program], capture_output=True, text=True, cwd=folder,
                          stdin=subprocess.DEVNULL, timeout=LIMIT_SECONDS)
    status = int(wanted.get("status", ["0"])[0])
    if done.returncode != status:
        return f"status {done.returncode}, expected {status}\n{done.stdout}{done.stderr}"
    if done.stdout.splitlines() != wanted.get("stdout", []):
        return f"stdout is\n{done.stdout}"
    for pattern in wanted.get("stderr", []):
        if not re.search(pattern, done.stderr):
            return f"{pattern} is not in\n{done.stderr}"
    lines = done.stderr.splitlines()
    if "stderr-distinct" in wanted and len(set(lines)) != len(lines):
        return f"a line comes twice in\n{done.stderr}"
    missing = unmatched(wanted.get("trace", []), trace.read_text().splitlines() if trace.exists() else [])
    return None if missing is None else f"no line {missing} in\n{trace.read_text() if trace.exists() else '(no trace)'}"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    vm, cc, names = shlex.split(sys.argv[1]), str(pathlib.Path(sys.argv[2]).resolve()), sys.argv[3:]
    vm[0] = str(pathlib.Path(vm[0]).resolve())
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted(HERE.glob("*.c")):
            if names and source.stem not in names:
                continue
            wrong = problem(vm, cc, source, folder)
            passed += wrong is None
            failed += wrong is not None
            if wrong:
                print(f"{source.stem}: {wrong}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(failed != 0)


main()
