"""The guest programs of the command-line tests."""
from wasm import F64, I32, I64, Module, i32_const

WASI = "wasi_snapshot_preview1"

UNREACHABLE = b"\x00"
DIVIDE_BY_ZERO = i32_const(1) + i32_const(0) + b"\x6d\x1a"
OVERFLOW = i32_const(-2**31) + i32_const(-1) + b"\x6d\x1a"
OUT_OF_BOUNDS = i32_const(-4) + b"\x28\x02\x00\x1a"
LOOP = b"\x03\x40\x0c\x00\x0b"


def local_get(index):
    return bytes([0x20, index])


def call(index):
    return bytes([0x10, index])


def store(address, value):
    return i32_const(address) + value + b"\x36\x02\x00"


def load(address):
    return i32_const(address) + b"\x28\x02\x00"


def program(code):
    """A _start of this code, with one page of memory."""
    module = Module()
    module.memory(1)
    module.function([], [], code, export="_start")
    return module.encode()


def start_section(code):
    module = Module()
    module.memory(1)
    module.start = module.function([], [], code)
    return module.encode()


def write_stdout(fd_write, address, length):
    """Code that writes memory[address, address + length); scratch memory 0 to 16."""
    return (store(0, address) + store(4, length) + i32_const(1) + i32_const(0) + i32_const(1) + i32_const(8)
            + call(fd_write) + b"\x1a")


def hello():
    module = Module()
    fd_write = module.import_function(WASI, "fd_write", [I32] * 4, [I32])
    module.memory(1)
    text = b"hello\n"
    module.bytes_at(64, text)
    module.function([], [], write_stdout(fd_write, i32_const(64), i32_const(len(text))), export="_start")
    return module.encode()


def exit_with(status):
    module = Module()
    proc_exit = module.import_function(WASI, "proc_exit", [I32], [])
    module.memory(1)
    module.function([], [], i32_const(status) + call(proc_exit), export="_start")
    return module.encode()


def print_strings(sizes_get, get):
    """Prints what args_get or environ_get put into memory: the strings with their NULs."""
    module = Module()
    sizes = module.import_function(WASI, sizes_get, [I32, I32], [I32])
    strings = module.import_function(WASI, get, [I32, I32], [I32])
    fd_write = module.import_function(WASI, "fd_write", [I32] * 4, [I32])
    module.memory(1)
    code = (i32_const(16) + i32_const(20) + call(sizes) + b"\x1a"
            + i32_const(64) + i32_const(4096) + call(strings) + b"\x1a"
            + write_stdout(fd_write, i32_const(4096), load(20)))
    module.function([], [], code, export="_start")
    return module.encode()


def print_arguments():
    return print_strings("args_sizes_get", "args_get")


def print_environment():
    return print_strings("environ_sizes_get", "environ_get")


def read_stdin():
    module = Module()
    fd_read = module.import_function(WASI, "fd_read", [I32] * 4, [I32])
    module.memory(1)
    code = (store(0, i32_const(64)) + store(4, i32_const(16)) + i32_const(0) + i32_const(0) + i32_const(1)
            + i32_const(8) + call(fd_read) + b"\x1a")
    module.function([], [], code + LOOP, export="_start")
    return module.encode()


def invalid():
    module = Module()
    module.function([], [I32], b"\x42\x00", export="_start")
    return module.encode()


def unknown_import():
    module = Module()
    module.import_function("nobody", "knows_this", [], [])
    module.function([], [], b"", export="_start")
    return module.encode()


def throws():
    module = Module()
    module.tag([])
    module.function([], [], b"\x08\x00", export="_start")
    return module.encode()


def recursion():
    module = Module()
    module.function([], [], call(0), export="_start")
    return module.encode()


def arithmetic():
    module = Module()
    module.function([I32, I32], [I32], local_get(0) + local_get(1) + b"\x6a", export="add")
    module.function([I64, I64], [I64], local_get(0) + local_get(1) + b"\x7c", export="add64")
    half = b"\x44" + bytes(6) + b"\xe0\x3f"
    module.function([F64], [F64], local_get(0) + half + b"\xa2", export="half")
    module.function([I32, I32], [I32, I32], local_get(1) + local_get(0), export="swap")
    return module.encode()


def uses_library():
    module = Module()
    add = module.import_function("math", "add", [I32, I32], [I32])
    module.function([I32], [I32], local_get(0) + local_get(0) + call(add), export="twice")
    return module.encode()


def reactor():
    """_initialize stores what get returns."""
    module = Module()
    module.memory(1)
    module.function([], [], store(0, i32_const(41)), export="_initialize")
    module.function([], [I32], load(0), export="get")
    return module.encode()


def grow():
    module = Module()
    module.memory(1, 100)
    module.function([I32], [I32], local_get(0) + b"\x40\x00", export="grow")
    return module.encode()


def sum_loop():
    """sum(n) = 0 + 1 + ... + n - 1, each addition by a call."""
    module = Module()
    add = module.function([I32, I32], [I32], local_get(0) + local_get(1) + b"\x6a")
    code = (b"\x03\x40" + local_get(1) + local_get(2) + call(add) + b"\x21\x01"
            + local_get(2) + i32_const(1) + b"\x6a\x22\x02" + local_get(0) + b"\x48\x0d\x00\x0b" + local_get(1))
    module.function([I32], [I32], code, export="sum", local_count=2)
    return module.encode()


def through_table():
    """call(n, which) = table[which](n) for functions of two types: 0: (i32) -> i32, n + 5; 1: () -> ()."""
    module = Module()
    add = module.function([I32], [I32], local_get(0) + i32_const(5) + b"\x6a")
    nothing = module.function([], [], b"")
    module.table = [add, nothing]
    code = local_get(0) + local_get(1) + b"\x11" + bytes([module.type([I32], [I32]), 0])
    module.function([I32, I32], [I32], code, export="call")
    return module.encode()


def many_types():
    """Some function types that no other guest has."""
    module = Module()
    for count in range(3, 20):
        module.function([I64] * count, [F64], b"\x00")
    return module.encode()


def large():
    """sum(n) as above, beside 300 kB of functions that nobody calls; each is large once compiled."""
    module = Module()
    add = module.function([I32, I32], [I32], local_get(0) + local_get(1) + b"\x6a")
    for _ in range(100):
        module.function([I32], [I32], local_get(0) + (local_get(0) + b"\x6a") * 1000)
    module.function([I32], [I32], local_get(0) + local_get(0) + call(add), export="twice")
    return module.encode()
