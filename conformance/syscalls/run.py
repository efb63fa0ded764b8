#!/usr/bin/env python3
"""Tests of system calls: plain C programs that print what calls answer, built for the host and with lind-cc. Both
runs must print the same and end the same way.

usage: run.py LIND_VM LIND_CC [NAME ...]

LIND_VM may hold options ("build/bin/lind-vm --verify-stack"). A program that has to be run several times says so in a
line "// runs: first words | second words", each with its arguments; one that makes calls which older kernels lack, in a
line "// needs: Linux 6.13": it is skipped there. It starts in an empty directory, which is all
that it sees of the host. A run that known_failures.txt lists counts as skipped, or as failed where it is equal. Prints
what differs and, as the last line, "N passed, N failed, N skipped".
"""
import concurrent.futures
import contextlib
import difflib
import os
import pathlib
import platform
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "lind-vm" / "syscall-tests"
FLAGS = ["-O1", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-pthread"]
NATIVE = os.environ.get("CC", "gcc")
LIMIT_SECONDS = 120
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "TZ": "UTC"}


def is_newer(program, *sources):
    return program.exists() and program.stat().st_mtime >= max(source.stat().st_mtime for source in sources)


def build(compiler, source, kind):
    """The program, made anew if its source, a header, the compiler or its library is newer."""
    CACHE.mkdir(parents=True, exist_ok=True)
    program = CACHE / f"{source.stem}.{kind}"
    sources = [source, *HERE.glob("*.h")]
    if kind == "wasm":
        driver = pathlib.Path(compiler).resolve()
        sysroot = pathlib.Path(os.environ.get("LINDVM_SYSROOT") or driver.parents[1] / "sysroot")
        sources += [path for path in (driver, sysroot / "lib/libc.a") if path.exists()]
    if not is_newer(program, *sources):
        partial = program.with_suffix(f".{os.getpid()}")
        done = subprocess.run([compiler, *FLAGS, str(source), "-o", str(partial)], capture_output=True, text=True)
        if done.returncode:
            raise ValueError(f"does not compile with {compiler}:\n{done.stderr}")
        partial.replace(program)
    return program


def runs_of(source):
    """The argument lists of a program's runs."""
    match = re.search(r"^// runs: (.*)$", source.read_text(), re.MULTILINE)
    return [shlex.split(words) for words in match.group(1).split("|")] if match else [[]]


def version(text):
    return tuple(map(int, re.match(r"(\d+)\.(\d+)", text).groups()))


def host_serves(source):
    """Whether the host's kernel has the calls that the program makes."""
    match = re.search(r"^// needs: Linux (.*)$", source.read_text(), re.MULTILINE)
    return not match or version(platform.release()) >= version(match.group(1))


@contextlib.contextmanager
def root_directory():
    """An empty one that is the guest's root, with the permissions of a root."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield folder


def run(make_command):
    """Output, status (negative: the signal that killed it) and errors of a run in a directory of its own."""
    with root_directory() as folder:
        done = subprocess.run(make_command(folder), cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=LIMIT_SECONDS, env=ENVIRONMENT)
    return done.stdout.decode(errors="replace"), done.returncode, done.stderr.decode(errors="replace")


def difference(vm, native, guest, arguments):
    """How the guest's run differs from the native one, or None."""
    expected, expected_status, _ = run(lambda _: [str(native), *arguments])
    if expected_status < 0:  # the VM tells a guest's signal as a shell does; one that kills the VM itself is a crash
        expected_status = 128 - expected_status
    output, status, errors = run(lambda folder: [*vm, "--dir", f"{folder}::/", str(guest), *arguments])
    if (output, status) == (expected, expected_status):
        return None
    lines = difflib.unified_diff(expected.splitlines(), output.splitlines(), "native", "guest", lineterm="", n=1)
    return "\n".join([f"status {status}, native {expected_status}", *list(lines)[:40], errors[:2000]])


def problems(vm, lind_cc, source):
    """(name, what is wrong or None) of each run."""
    try:
        native, guest = build(NATIVE, source, "native"), build(lind_cc, source, "wasm")
    except ValueError as error:
        return [(source.stem, str(error))]
    found = []
    for arguments in runs_of(source):
        name = " ".join([source.stem, *arguments])
        try:
            found.append((name, difference(vm, native, guest, arguments)))
        except subprocess.TimeoutExpired:
            found.append((name, f"did not end in {LIMIT_SECONDS} s"))
    return found


def known_failures():
    lines = (HERE / "known_failures.txt").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    vm, lind_cc, names = shlex.split(sys.argv[1]), sys.argv[2], sys.argv[3:]
    vm[0] = str(pathlib.Path(vm[0]).resolve())
    sources = sorted(source for source in HERE.glob("*.c") if not names or source.stem in names)
    served = [source for source in sources if host_serves(source)]
    passed, failed, skipped = 0, 0, len(sources) - len(served)
    known = known_failures()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for results in pool.map(lambda source: problems(vm, lind_cc, source), served):
            for name, problem in results:
                if name in known and problem:
                    skipped += 1
                    continue
                if name in known:
                    problem = f"is equal to native, but listed: {known[name]}"
                passed += problem is None
                failed += problem is not None
                if problem:
                    print(f"{name}: {problem}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
