"""The engines that the benchmark programs are run in: what each is called and how it is started.

An engine is a command to which the program's .wasm and its arguments are appended. Peers are used
when they are installed (on PATH, or named by LINDVM_PEER_<NAME>, which holds a command line); this
tree neither contains nor builds any of them.
"""

import dataclasses
import os
import pathlib
import shlex
import shutil

BENCH_DIR = pathlib.Path(__file__).resolve().parent
DEFAULT_LIND_VM = BENCH_DIR.parent / "build" / "bin" / "lind-vm"
NODE_RUNNER = str(BENCH_DIR / "node_wasi.mjs")


@dataclasses.dataclass(frozen=True)
class Engine:
    """`role` is native (the baseline), subject (a lind-vm) or peer."""
    name: str
    role: str
    command: tuple = ()

    def command_line(self, built, arguments):
        target = built.native if self.role == "native" else built.wasm
        return [*self.command, str(target), *arguments]


NATIVE = Engine("native", "native")

# name, executable, arguments before the program
PEERS = (
    ("wasm3", "wasm3", ()),
    ("iwasm", "iwasm", ()),
    ("wasmtime", "wasmtime", ()),
    ("v8-liftoff", "node", ("--no-warnings", "--liftoff-only", NODE_RUNNER)),
    ("v8", "node", ("--no-warnings", NODE_RUNNER)),
    ("v8-turbofan", "node", ("--no-warnings", "--no-liftoff", "--no-wasm-lazy-compilation", NODE_RUNNER)),
)


def find_command(executable):
    """The command that starts a peer's executable, or None."""
    override = os.environ.get("LINDVM_PEER_" + executable.upper())
    if override:
        return tuple(shlex.split(override))
    path = shutil.which(executable)
    return (path,) if path else None


def find_peers(wanted=None):
    """(engines found, names not found) among the peers, or among those in `wanted`."""
    found, missing = [], []
    for name, executable, arguments in PEERS:
        if wanted is not None and name not in wanted:
            continue
        command = find_command(executable)
        if command is None:
            missing.append(name)
        else:
            found.append(Engine(name, "peer", command + arguments))
    return found, missing


def parse_subject(text):
    """An engine from NAME=COMMAND LINE, as --engine takes it."""
    name, _, command = text.partition("=")
    if not name or not command:
        raise ValueError(f"expected NAME=COMMAND, got '{text}'")
    return Engine(name, "subject", tuple(shlex.split(command)))


def default_subjects():
    return [Engine("lind-vm", "subject", (str(DEFAULT_LIND_VM),))] if DEFAULT_LIND_VM.exists() else []
