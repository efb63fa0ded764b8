#!/usr/bin/env python3
"""Tests of the lind-vm command line: exit statuses, one-line errors, options, signals.

usage: run.py LIND_VM [NAME ...]

Prints what failed and, as the last line, "N passed, N failed, N skipped".
"""
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

import guests

TESTS = []


def test(function):
    TESTS.append(function)
    return function


class Run:
    """One finished lind-vm process."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __str__(self):
        return f"status {self.status}\n  stdout: {self.out[:300]!r}\n  stderr: {self.err[:600]!r}"


class Vm:
    def __init__(self, command, folder):
        self.command, self.folder = command, folder

    def run(self, *args, stdin=b"", limit=20, **more):
        done = subprocess.run([self.command, *map(str, args)], input=stdin, capture_output=True, timeout=limit,
                              cwd=self.folder, **more)
        return Run(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    def run_and_signal(self, number, *args, after=0.4):
        """Sends a signal while it runs with a stdin that never ends; the second value is how long the end took."""
        process = subprocess.Popen([self.command, *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, cwd=self.folder)
        time.sleep(after)
        process.send_signal(number)
        begin = time.monotonic()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        took = time.monotonic() - begin
        out, err = process.communicate()
        return Run(process.returncode, out.decode(errors="replace"), err.decode(errors="replace")), took

    def guest(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path


def check(run, status, out=None, err=None, one_line=False):
    """`out` and `err` are texts that must be in the output."""
    assert run.status == status, f"expected status {status}, got {run}"
    for expected, actual in ((out, run.out), (err, run.err)):
        assert expected is None or expected in actual, f"expected {expected!r} in {run}"
    if one_line:
        assert run.err.startswith("lind-vm: ") and run.err.count("\n") == 1, f"not one line on stderr: {run}"


# Usage


@test
def help_and_version(vm):
    check(vm.run("--help"), 0, out="PROGRAM.wasm")
    check(vm.run("--version"), 0, out="lind-vm ")
    for command in ("run", "inspect", "disasm", "validate", "spec", "opcodes", "syscalls", "binfmt"):
        check(vm.run(command, "--help"), 0, out="Usage: ")


@test
def bad_usage_is_status_2(vm):
    hello = vm.guest("hello.wasm", guests.hello())
    for args in ([], ["--no-such-option", hello], ["--dir"], ["--max-memory", "lots", hello], ["--tier", "opt", hello],
                 ["--tier", "magic", hello], ["--env", "=x", hello], ["--backtrace=some", hello],
                 ["--preload", "x", hello], ["--timeout", "-1", hello], ["--root", "a::/b", hello], ["--root"],
                 ["--cwd", "/", hello], ["inspect"], ["disasm"], ["validate"]):
        check(vm.run(*args), 2, one_line=True)
    check(vm.run("--tier", "opt", hello), 2, err="not in this build")


@test
def options_after_the_program_are_the_guests(vm):
    args = vm.guest("args.wasm", guests.print_arguments())
    check(vm.run(args, "--help", "--dir", "x", "-v"), 0, out="--help\0--dir\0x\0-v\0")
    check(vm.run("run", args, "--", "a b"), 0, out="--\0a b\0")
    check(vm.run("--argv0", "me", args), 0, out="me\0")
    check(vm.run("--", args, "x"), 0, out="x\0")


@test
def a_program_may_be_named_like_a_command(vm):
    vm.guest("spec", guests.exit_with(5))
    check(vm.run("./spec"), 5)
    check(vm.run("run", "spec"), 5)


# Files that cannot be run


@test
def missing_file_is_127(vm):
    check(vm.run("nowhere.wasm"), 127, err="nowhere.wasm", one_line=True)


@test
def unusable_files_are_126(vm):
    whole = guests.hello()
    cases = {"empty": b"", "text": b"#!/bin/sh\necho\n", "magic_only": whole[:4], "version": b"\0asm\2\0\0\0",
             "truncated": whole[:len(whole) // 2], "invalid": guests.invalid(), "import": guests.unknown_import()}
    for name, content in cases.items():
        run = vm.run(vm.guest(name + ".wasm", content))
        check(run, 126, err=name + ".wasm", one_line=True)
    check(vm.run(vm.folder), 126, one_line=True)
    check(vm.run("truncated.wasm"), 126, err="offset 0x")
    check(vm.run("invalid.wasm"), 126, err="type mismatch")
    run = vm.run("import.wasm")
    check(run, 126, err="nobody")
    check(run, 126, err="knows_this")


@test
def every_truncation_is_refused(vm):
    whole = guests.hello()
    for size in range(0, len(whole), 7):
        run = vm.run("validate", vm.guest("part.wasm", whole[:size]))
        assert run.status in (0, 1), f"{size} bytes: {run}"
        if run.status == 1:
            check(run, 1, one_line=True)


# Ends of guests


@test
def exit_status_is_the_guests(vm):
    for status in (0, 1, 42, 255):
        check(vm.run(vm.guest("exit.wasm", guests.exit_with(status))), status)
    check(vm.run(vm.guest("hello.wasm", guests.hello())), 0, out="hello\n")


@test
def traps_end_like_their_signals(vm):
    cases = {"unreachable": (guests.UNREACHABLE, 132), "integer divide by zero": (guests.DIVIDE_BY_ZERO, 136),
             "out of bounds memory access": (guests.OUT_OF_BOUNDS, 139), "integer overflow": (guests.OVERFLOW, 136)}
    for words, (code, status) in cases.items():
        run = vm.run(vm.guest("trap.wasm", guests.program(code)))
        check(run, status, err=words)
        check(run, status, err="_start")
        quiet = vm.run("--backtrace=none", "trap.wasm")
        check(quiet, status, err=words, one_line=True)


@test
def uncaught_exception_is_134(vm):
    check(vm.run(vm.guest("throw.wasm", guests.throws())), 134, err="uncaught exception")


@test
def deep_recursion_traps_whatever_the_host_stack(vm):
    deep = vm.guest("deep.wasm", guests.recursion())
    for size in (256 << 10, 8 << 20, resource.RLIM_INFINITY):
        limit = (size, resource.getrlimit(resource.RLIMIT_STACK)[1])
        run = vm.run(deep, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK, limit))
        check(run, 139, err="call stack exhausted")
    check(vm.run("--max-stack", "64K", deep), 139, err="call stack exhausted")


@test
def start_functions_and_reactors(vm):
    check(vm.run(vm.guest("start.wasm", guests.start_section(guests.UNREACHABLE))), 132, err="unreachable")
    reactor = vm.guest("reactor.wasm", guests.reactor())
    check(vm.run("--invoke", "get", reactor), 0, out="41\n")
    library = vm.guest("library.wasm", guests.arithmetic())
    check(vm.run(library), 126, err="_start", one_line=True)


# --invoke and --preload


@test
def invoke_parses_and_prints_values(vm):
    library = vm.guest("library.wasm", guests.arithmetic())
    cases = [("add", ["2", "3"], "5\n"), ("add", ["-1", "0xffffffff"], "-2\n"), ("add64", ["-9223372036854775808", "1"],
             "-9223372036854775807\n"), ("half", ["3"], "1.5\n"), ("half", ["-0"], "-0\n"), ("half", ["inf"], "inf\n"),
             ("swap", ["1", "2"], "2\n1\n"), ("add", ["2147483647", "1"], "-2147483648\n")]
    for function, args, out in cases:
        run = vm.run("--invoke", function, library, *args)
        check(run, 0)
        assert run.out == out, f"{function} {args}: {run}"


@test
def invoke_refuses_bad_calls(vm):
    library = vm.guest("library.wasm", guests.arithmetic())
    for args in (["1"], ["1", "2", "3"], ["1", "x"], ["1", "4294967296"], ["1", "1.5"], ["", "1"]):
        check(vm.run("--invoke", "add", library, *args), 2, one_line=True)
    check(vm.run("--invoke", "nothing", library), 126, err="nothing", one_line=True)


@test
def preloaded_modules_satisfy_imports(vm):
    library = vm.guest("library.wasm", guests.arithmetic())
    user = vm.guest("user.wasm", guests.uses_library())
    check(vm.run("--preload", f"math={library}", "--invoke", "twice", user, "21"), 0, out="42\n")
    check(vm.run("--invoke", "twice", user, "21"), 126, err="math", one_line=True)
    check(vm.run("--preload", "math=gone.wasm", user), 127, err="gone.wasm", one_line=True)


# Signals and limits


@test
def signals_end_an_infinite_loop(vm):
    loop = vm.guest("loop.wasm", guests.program(guests.LOOP))
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        run, took = vm.run_and_signal(number, loop)
        check(run, status)
        assert took < 0.5, f"took {took:.2f} s"
    start = vm.guest("start_loop.wasm", guests.start_section(guests.LOOP))
    check(vm.run_and_signal(signal.SIGINT, start)[0], 130)


@test
def signals_end_a_blocked_host_call(vm):
    reader = vm.guest("reader.wasm", guests.read_stdin())
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        run, took = vm.run_and_signal(number, reader)
        check(run, status)
        assert took < 0.5, f"took {took:.2f} s"


@test
def time_limit_ends_the_guest(vm):
    begin = time.monotonic()
    run = vm.run("--timeout", "0.3", vm.guest("loop.wasm", guests.program(guests.LOOP)))
    check(run, 142, err="0.3 s")
    assert 0.25 < time.monotonic() - begin < 3
    check(vm.run("--timeout", "10", vm.guest("hello.wasm", guests.hello())), 0, out="hello\n")


@test
def memory_limit_is_kept(vm):
    grow = vm.guest("grow.wasm", guests.grow())
    check(vm.run("--invoke", "grow", grow, "16"), 0, out="1\n")
    check(vm.run("--max-memory", "1M", "--invoke", "grow", grow, "16"), 0, out="-1\n")
    check(vm.run("--max-memory", "2M", "--invoke", "grow", grow, "16"), 0, out="1\n")


# Environment and diagnostics


@test
def environment_is_what_was_given(vm):
    env = vm.guest("env.wasm", guests.print_environment())
    check(vm.run("--env", "A=1", "--env", "B=x=y", env), 0, out="A=1\0B=x=y\0")
    check(vm.run("--env", "INHERITED", env, env=dict(os.environ, INHERITED="yes")), 0, out="INHERITED=yes\0")
    assert vm.run(env).out == "", "variables that were not given are visible"


@test
def strace_prints_calls(vm):
    hello = vm.guest("hello.wasm", guests.hello())
    check(vm.run("--strace", hello), 0, out="hello\n", err="fd_write")
    run = vm.run("--strace=trace.txt", hello)
    check(run, 0, out="hello\n")
    assert "fd_write" in (vm.folder / "trace.txt").read_text() and run.err == "", run


@test
def stats_are_printed_at_the_end(vm):
    check(vm.run("--stats", vm.guest("hello.wasm", guests.hello())), 0, err="peak")


@test
def stack_verification_changes_nothing(vm):
    for option in ("--verify-stack", "--verify-stack=3"):
        check(vm.run(option, vm.guest("hello.wasm", guests.hello())), 0, out="hello\n")
        check(vm.run(option, "--invoke", "sum", vm.guest("sum.wasm", guests.sum_loop()), "1000"), 0, out="499500\n")


# The code cache


def with_cache(vm, value="cache", **more):
    return {"env": {**os.environ, "LINDVM_CODE_CACHE": str(vm.folder / value) if value != "off" else value, **more}}


@test
def compiled_modules_start_with_their_code(vm):
    guest, cache = vm.guest("sum.wasm", guests.sum_loop()), with_cache(vm)
    check(vm.run("compile", guest, **cache), 0, out="2 functions compiled, 0 were in the cache\n")
    check(vm.run("compile", guest, **cache), 0, out="0 functions compiled, 2 were in the cache\n")
    for tier in ("auto", "baseline"):
        run = vm.run("--stats", "--tier", tier, "--invoke", "sum", guest, "1000", **cache)
        check(run, 0, out="499500\n", err="2 functions: 0 compiled, 2 from the cache")
    for args in (["--no-cache"], ["--dump-asm"], ["--perf"]):
        check(vm.run("--stats", "--tier", "baseline", *args, "--invoke", "sum", guest, "1000", **cache), 0,
              out="499500\n", err="2 functions: 2 compiled, 0 from the cache")
    check(vm.run("--stats", "--tier", "interp", "--invoke", "sum", guest, "1000", **cache), 0, out="499500\n")


@test
def cached_code_knows_types_by_this_process(vm):
    first, guest, cache = vm.guest("types.wasm", guests.many_types()), vm.guest("t.wasm", guests.through_table()), with_cache(vm)
    check(vm.run("compile", first, guest, **cache), 0)
    check(vm.run("--stats", "--invoke", "call", guest, "7", "0", **cache), 0, out="12\n", err="0 compiled, 2 from")
    check(vm.run("--invoke", "call", guest, "7", "1", **cache), 132, err="indirect call type mismatch")
    check(vm.run("--invoke", "call", guest, "7", "2", **cache), 139, err="undefined element")


@test
def cached_code_relies_on_guards_only_where_there_are_some(vm):
    guest, cache = vm.guest("bad.wasm", guests.program(guests.OUT_OF_BOUNDS)), with_cache(vm)
    check(vm.run("compile", guest, **cache), 0)
    check(vm.run("--stats", guest, **cache), 139, err="0 compiled, 1 from the cache")
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    if vm.run("--version", preexec_fn=limit).status != 0:
        return  # a sanitizer's shadow memory does not fit such a limit
    check(vm.run("--stats", "--tier", "baseline", guest, preexec_fn=limit, **cache), 139, err="1 compiled, 0 from the cache")


@test
def runs_fill_the_cache(vm):
    guest, cache = vm.guest("large.wasm", guests.large()), with_cache(vm)
    command = ("--stats", "--tier", "baseline", "--invoke", "twice", guest, "21")
    check(vm.run(*command, **cache), 0, out="42\n", err="2 compiled, 0 from the cache")
    check(vm.run("cache", "stats", **cache), 0, out="modules  1\n")
    check(vm.run(*command, **cache), 0, out="42\n", err="0 compiled, 2 from the cache")
    check(vm.run("cache", "clear", **cache), 0, out="removed 1 modules")
    check(vm.run("cache", "stats", **cache), 0, out="modules  0\n")
    check(vm.run(*command, **cache), 0, out="42\n", err="2 compiled, 0 from the cache")


@test
def small_programs_leave_nothing_behind(vm):
    check(vm.run(vm.guest("hello.wasm", guests.hello()), **with_cache(vm)), 0, out="hello\n")
    check(vm.run("cache", "stats", **with_cache(vm)), 0, out="modules  0\n")


@test
def caches_that_cannot_be_used_change_nothing(vm):
    guest, cache = vm.guest("sum.wasm", guests.sum_loop()), with_cache(vm)
    command = ("--stats", "--tier", "baseline", "--invoke", "sum", guest, "1000")
    check(vm.run("compile", guest, **cache), 0)
    entry = next(path for path in (vm.folder / "cache").iterdir() if path.name != "key")
    good = entry.read_bytes()
    for bad in (b"", good[:100], good + b"x", bytes(len(good)), good[:-1] + bytes([good[-1] ^ 1]), good[8:] + good[:8]):
        entry.write_bytes(bad)
        check(vm.run(*command, **cache), 0, out="499500\n", err="machine code of 2 functions")
    entry.unlink()
    entry.symlink_to("/dev/zero")
    check(vm.run(*command, **cache), 0, out="499500\n", err="2 compiled")
    (vm.folder / "cache").chmod(0o755)
    check(vm.run(*command, **cache), 0, out="499500\n", err="2 compiled")
    check(vm.run("compile", guest, **cache), 1, err="nobody else", one_line=True)
    check(vm.run("compile", guest, **with_cache(vm, "off")), 1, err="off", one_line=True)
    check(vm.run(*command, **with_cache(vm, "off")), 0, out="499500\n", err="2 compiled")


@test
def the_cache_is_where_xdg_says(vm):
    guest = vm.guest("sum.wasm", guests.sum_loop())
    cache = with_cache(vm, XDG_CACHE_HOME=str(vm.folder / "xdg"), LINDVM_CODE_CACHE="")
    check(vm.run("compile", guest, **cache), 0)
    folder = vm.folder / "xdg/lind-vm/code"
    assert folder.stat().st_mode & 0o777 == 0o700 and len(list(folder.iterdir())) == 2
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())


@test
def processes_share_a_cache(vm):
    guest, cache = vm.guest("large.wasm", guests.large()), with_cache(vm)
    command = [vm.command, "--tier", "baseline", "--invoke", "twice", str(guest), "21"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **cache) for _ in range(8)]
    for process in running:
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, b"42\n", b""), (process.returncode, out, err)
    check(vm.run("--stats", *command[1:], **cache), 0, out="42\n", err="0 compiled, 2 from the cache")


# Sub-commands


@test
def validate_tells_by_status(vm):
    good, bad = vm.guest("good.wasm", guests.hello()), vm.guest("bad.wasm", guests.invalid())
    check(vm.run("validate", good), 0)
    check(vm.run("validate", good, bad), 1, err="bad.wasm: offset 0x", one_line=True)


@test
def binfmt_prints_the_rule_and_refuses_in_words(vm):
    check(vm.run("binfmt", "print", "--name", "wasm"), 0, out=r":wasm:M::\x00asm\x01\x00\x00\x00::/")
    check(vm.run("binfmt", "print", "--fixed", "--interpreter", "/bin/sh"), 0, out=":F\n")
    check(vm.run("binfmt", "unregister", "--name", "no-such-rule"), 1, err="/proc/sys/fs/binfmt_misc/no-such-rule: ", one_line=True)
    check(vm.run("binfmt", "enable"), 2, one_line=True)


@test
def inspect_lists_the_parts(vm):
    run = vm.run("inspect", vm.guest("hello.wasm", guests.hello()))
    for words in ("Imports", "wasi_snapshot_preview1.fd_write", "Exports", "_start", "Sections", "code"):
        check(run, 0, out=words)
    check(vm.run("inspect", vm.guest("bad.wasm", guests.invalid())), 126, one_line=True)


@test
def disasm_prints_instructions(vm):
    library = vm.guest("library.wasm", guests.arithmetic())
    check(vm.run("disasm", library), 0, out="i32.add")
    check(vm.run("disasm", "--func", "add64", library), 0, out="i64.add")
    assert "i32.add" not in vm.run("disasm", "--func", "add64", library).out
    check(vm.run("disasm", "--func", "0", library), 0, out="i32.add")
    check(vm.run("disasm", "--func", "none_such", library), 126, one_line=True)


@test
def tables_are_listed(vm):
    check(vm.run("opcodes"), 0, out="i32.add")
    check(vm.run("opcodes", "--feature", "threads"), 0, out="memory.atomic.wait32")
    check(vm.run("syscalls"), 0, out="fd_write")
    check(vm.run("syscalls"), 0, out="clone                      220                  ENOSYS")


def spec_script(vm, *commands, name="script.json"):
    """A script whose first command is the arithmetic module; each command gets its place as its line."""
    vm.guest("script.0.wasm", guests.arithmetic())
    vm.guest("script.1.wasm", guests.invalid())
    first = {"type": "module", "filename": "script.0.wasm", "module_type": "binary"}
    numbered = [dict(command, line=line) for line, command in enumerate([first, *commands])]
    path = vm.folder / name
    path.write_text(json.dumps({"source_filename": "script.wast", "commands": numbered}))
    return path


def spec_return(function, args, expected):
    values = [[{"type": kind, "value": value} for kind, value in pairs] for pairs in (args, expected)]
    return {"type": "assert_return", "action": {"type": "invoke", "field": function, "args": values[0]},
            "expected": values[1]}


F64_BITS = {"one": "4607182418800017408", "half": "4602678819172646912", "quiet_nan": "9221120237041090561"}
TRUE = [spec_return("add", [("i32", "1"), ("i32", "-2")], [("i32", "4294967295")]),
        spec_return("half", [("f64", F64_BITS["one"])], [("f64", F64_BITS["half"])]),
        spec_return("half", [("f64", F64_BITS["quiet_nan"])], [("f64", "nan:arithmetic")]),
        {"type": "assert_invalid", "filename": "script.1.wasm", "module_type": "binary", "text": "type mismatch"},
        {"type": "assert_malformed", "filename": "script.2.wat", "module_type": "text", "text": "anything"}]
FALSE = [spec_return("add", [("i32", "1"), ("i32", "1")], [("i32", "3")]),
         spec_return("half", [("f64", F64_BITS["one"])], [("f64", "nan:canonical")]),
         spec_return("swap", [("i32", "1"), ("i32", "1")], [("i32", "1")]),
         spec_return("gone", [], []),
         {"type": "assert_trap", "action": {"type": "invoke", "field": "add", "args": []}, "text": "unreachable"},
         {"type": "assert_malformed", "filename": "script.1.wasm", "module_type": "binary", "text": "type mismatch"},
         {"type": "assert_invalid", "filename": "script.1.wasm", "module_type": "binary", "text": "unknown local"},
         {"type": "assert_invalid", "filename": "script.0.wasm", "module_type": "binary", "text": "type mismatch"},
         {"type": "assert_unlinkable", "filename": "script.0.wasm", "module_type": "binary", "text": "unknown import"}]


@test
def spec_runner_tells_true_from_false(vm):
    check(vm.run("spec", spec_script(vm, *TRUE)), 0, out="5 passed, 0 failed, 1 skipped\n")
    run = vm.run("spec", spec_script(vm, *FALSE))
    check(run, 1, out=f"1 passed, {len(FALSE)} failed, 0 skipped\n")
    for line in range(1, len(FALSE) + 1):
        check(run, 1, out=f"script.wast:{line} ")


@test
def spec_runner_keeps_known_failures_honest(vm):
    known = vm.folder / "known.txt"
    known.write_text("# comment\nscript.wast:1  a reason\n")
    command = ("spec", "--known-failures", known)
    check(vm.run(*command, spec_script(vm, FALSE[0])), 0, out="1 passed, 0 failed, 1 skipped\n")
    check(vm.run(*command, spec_script(vm, TRUE[0])), 1, out="listed as a known failure")
    check(vm.run(*command, spec_script(vm, TRUE[0], FALSE[0])), 1, out="2 passed, 2 failed, 0 skipped\n")
    known.write_text("script.wast  gc: needs a collector\n")
    check(vm.run(*command, spec_script(vm, FALSE[0])), 1, out="1 passed, 2 failed, 0 skipped\n")
    known.write_text("script.wast:1\n")
    check(vm.run(*command, spec_script(vm)), 126, err="no reason", one_line=True)


@test
def spec_runner_survives_broken_scripts(vm):
    good = spec_script(vm, *TRUE, name="a.json")
    vm.guest("b.json", b"{")
    check(vm.run("spec", good, "b.json"), 1, out="5 passed, 1 failed, 1 skipped\n")
    check(vm.run("spec", "gone.json"), 127, one_line=True)


@test
def output_to_a_closed_pipe_ends_quietly(vm):
    command = f"'{vm.command}' opcodes | head -n 1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=vm.folder, timeout=20)
    assert done.returncode in (0, 141) and done.stderr == b"", done


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    command, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    failed = 0
    chosen = [one for one in TESTS if not names or one.__name__ in names]
    for one in chosen:
        with tempfile.TemporaryDirectory() as folder:
            try:
                one(Vm(command, pathlib.Path(folder)))
            except (AssertionError, subprocess.TimeoutExpired, OSError) as error:
                failed += 1
                print(f"{one.__name__}: {error}", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
