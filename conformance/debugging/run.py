#!/usr/bin/env python3
"""Guests under the tools for native programs: perf's files, and what gdb sees.

usage: run.py LIND_VM [NAME ...]

Prints what failed and, as the last line, "N passed, N failed, N skipped".
"""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
COMPILE = ["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "--no-wasm-opt", "-O1", "-g", "-Wall", "-Wextra"]
LIMIT_SECONDS = 60
CALLS = ["finish", "spread", "by_pointer", "recurse", "recurse", "recurse", "recurse"]
SHAPES = ["-O2", "-mtail-call", "-mmultivalue", "-Xclang", "-target-abi", "-Xclang", "experimental-mv"]
TESTS = []


def test(function):
    TESTS.append(function)
    return function


class Skipped(Exception):
    pass


# --- perf ---


def jitdump_records(data):
    """The records of a jitdump file as (kind, body), after a check of its header."""
    magic, version, size, _, _, pid, _, _ = struct.unpack_from("<6I2Q", data)
    assert (magic, version, size) == (0x4A695444, 1, 40), "not the header of a jitdump file"
    times, at = [], size
    while at < len(data):
        kind, size, time = struct.unpack_from("<IIQ", data, at)
        assert size >= 16 and at + size <= len(data), "a record is cut off"
        times.append(time)
        yield kind, data[at + 16:at + size]
        at += size
    assert times == sorted(times) and pid, "times go backward"


def loaded_code(body):
    pid, tid, address, place, size, index = struct.unpack_from("<2I4Q", body)
    name, code = body[40:].split(b"\0", 1)
    assert len(code) == size and place == address and pid and tid
    return name.decode(), address, size, index


def source_lines(body):
    """(address of the code, [(address, line, file)])"""
    address, count = struct.unpack_from("<2Q", body)
    entries, at = [], 16
    for _ in range(count):
        where, line, _ = struct.unpack_from("<QII", body, at)
        end = body.index(b"\0", at + 16)
        entries.append((where, line, body[at + 16:end].decode()))
        at = end + 1
    assert at == len(body)
    return address, entries


def lines_of(function):
    """The numbers of the lines of a function of guest.c."""
    lines = (HERE / "guest.c").read_text().splitlines()
    first = next(i for i, line in enumerate(lines) if re.match(rf"[a-z_].*\b{function}\(.*\{{", line))
    last = next(i for i in range(first, len(lines)) if lines[i].endswith("}"))
    return range(first + 1, last + 2)


@test
def jitdump(vm, guest, _):
    process = subprocess.Popen([vm, "--perf", "--tier=baseline", guest], stdout=subprocess.DEVNULL)
    assert process.wait(LIMIT_SECONDS) == 0
    dump, names = pathlib.Path(f"/tmp/jit-{process.pid}.dump"), pathlib.Path(f"/tmp/perf-{process.pid}.map")
    records, symbols = list(jitdump_records(dump.read_bytes())), names.read_text()
    dump.unlink()
    names.unlink()
    functions = {name: (address, size) for name, address, size, _ in (loaded_code(b) for k, b in records if k == 0)}
    lines = dict(source_lines(body) for kind, body in records if kind == 2)
    for name in {"write_line", *CALLS}:
        address, size = functions["Wasm:" + name]
        assert f"{address:x} {size:x} Wasm:{name}\n" in symbols
        entries = lines[address]
        assert all(address <= where <= address + size for where, _, _ in entries)
        assert any(line in lines_of(name) and file.endswith("guest.c") for _, line, file in entries), name


@test
def perf_inject(vm, guest, folder):
    perf = ["perf", "record", "-q", "-k", "mono", "-o", "recorded", vm, "--perf", "--tier=baseline", guest]
    try:
        done = subprocess.run(perf, cwd=folder, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    except FileNotFoundError:
        raise Skipped("no perf here") from None
    if done.returncode:
        raise Skipped("perf cannot record here: " + done.stderr.strip().split("\n", 1)[0])
    inject = ["perf", "inject", "--jit", "-i", "recorded", "-o", "injected"]
    subprocess.run(inject, cwd=folder, check=True, capture_output=True, timeout=LIMIT_SECONDS)
    text = subprocess.run(["perf", "script", "-i", "injected", "--show-mmap-events"], cwd=folder, check=True,
                          capture_output=True, text=True, timeout=LIMIT_SECONDS).stdout
    images = {pathlib.Path(word) for word in text.split() if word.startswith("/tmp/jitted-")}
    assert images, "no machine code in the recording"
    symbols = "".join(subprocess.run(["nm", str(image)], capture_output=True, text=True).stdout for image in images)
    pids = {image.name.split("-")[1] for image in images}
    names = {f"/tmp/{name}" for pid in pids for name in (f"jit-{pid}.dump", f"perf-{pid}.map")}
    for file in images | {pathlib.Path(name) for name in names}:
        file.unlink()
    assert all(f"Wasm:{name}\n" in symbols for name in CALLS), symbols


# --- gdb ---


def gdb(vm, guest, *commands, arguments=(), options=("--tier=baseline",)):
    """What gdb prints when it carries out the commands on a guest."""
    settings = ["set confirm off", "set pagination off", "set width 0", "set debuginfod enabled off"]
    line = ["gdb", "-nx", "-batch", *(word for command in (*settings, *commands) for word in ("-ex", command)), "--args",
            vm, "--gdb", *options, guest, *arguments]
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=LIMIT_SECONDS, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise Skipped("no gdb here") from None
    output = done.stdout + done.stderr
    if "ptrace: Operation not permitted" in output:
        raise Skipped("gdb may not trace processes here")
    return output


def check_backtrace(output, innermost):
    """The guest's functions are there, called by C++ up to main, and gdb has nothing to complain about."""
    frames = re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?([^ (]+)", output, re.MULTILINE)
    wanted = ["Wasm:" + name for name in (*innermost, *CALLS)]
    first = frames.index(wanted[0]) if wanted[0] in frames else 0
    assert frames[first:first + len(wanted)] == wanted, output
    assert "Wasm:_start" in frames and frames[-1] == "main", output
    assert "Backtrace stopped" not in output and "corrupt" not in output, output


@test
def backtrace_in_a_host_call(vm, guest, _):
    output = gdb(vm, guest, "handle SIGSEGV nostop noprint pass", "catch syscall write", "run", "bt")
    check_backtrace(output, ["write_line"])
    assert "wasi::fd_write" in output, output


@test
def backtrace_at_a_fault(vm, guest, _):
    output = gdb(vm, guest, "run", "bt", arguments=["1"])
    assert "received signal SIGSEGV" in output, output
    check_backtrace(output, ["read_at"])


@test
def breakpoint_in_a_function(vm, guest, _):
    output = gdb(vm, guest, "set breakpoint pending on", "break -function Wasm:write_line", "run", "bt", "finish")
    check_backtrace(output, ["write_line"])
    assert re.search(r"^0x[0-9a-f]+ in Wasm:finish \(\)$", output, re.MULTILINE), output


@test
def backtrace_with_tiers_mixed(vm, guest, _):
    """Interpreted frames are not shown: what machine code is innermost is, up to main."""
    output = gdb(vm, guest, "catch syscall write", "run", "bt", options=["--tier=auto", "--tier-threshold=1"])
    assert re.search(r"in main \(", output) and "Backtrace stopped" not in output, output


@test
def every_step(vm, guest, folder):
    shapes = f"{folder}/shapes.wasm"
    subprocess.run([*COMPILE, *SHAPES, str(HERE / "shapes.c"), "-o", shapes], check=True)
    for program in (guest, shapes):
        output = gdb(vm, program, "handle SIGSEGV nostop noprint pass", f"source {HERE / 'every_step.py'}")
        if "Python scripting is not supported" in output:
            raise Skipped("gdb without Python")
        steps, wrong = map(int, re.search(r"^(\d+) steps, (\d+) wrong$", output, re.MULTILINE).groups())
        assert steps > 400 and wrong == 0, output[-3000:]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    vm, names, totals = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2:], {"passed": 0, "failed": 0, "skipped": 0}
    with tempfile.TemporaryDirectory() as folder:
        guest = f"{folder}/guest.wasm"
        subprocess.run([*COMPILE, str(HERE / "guest.c"), "-o", guest], check=True)
        for run in TESTS:
            if names and run.__name__ not in names:
                continue
            outcome = "passed"
            try:
                run(vm, guest, folder)
            except Skipped as reason:
                outcome = "skipped"
                print(f"{run.__name__}: {reason}")
            except Exception as error:  # whatever it is, the other tests go on
                outcome = "failed"
                print(f"{run.__name__}: {type(error).__name__}: {error}")
            totals[outcome] += 1
    print(", ".join(f"{count} {outcome}" for outcome, count in totals.items()))
    sys.exit(totals["failed"] != 0)


if __name__ == "__main__":
    main()
