"""Small modules in the binary format, made byte by byte, for tests of the command line."""

I32, I64, F32, F64 = 0x7F, 0x7E, 0x7D, 0x7C


def u32(value):
    """Unsigned LEB128."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def s64(value):
    """Signed LEB128."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        done = (value == 0 and not byte & 0x40) or (value == -1 and byte & 0x40)
        out.append(byte | (0 if done else 0x80))
        if done:
            return bytes(out)


def vector(items):
    items = list(items)
    return u32(len(items)) + b"".join(items)


def name(text):
    return u32(len(text.encode())) + text.encode()


def i32_const(value):
    return b"\x41" + s64(value)


class Module:
    """Functions are added imports first; the indices that calls use count in that order."""

    def __init__(self):
        self.types, self.imports, self.functions, self.bodies = [], [], [], []
        self.exports, self.memories, self.tags, self.data, self.names = [], [], [], [], []
        self.start = None
        self.table = []

    def type(self, params, results):
        encoded = b"\x60" + vector([bytes([t]) for t in params]) + vector([bytes([t]) for t in results])
        if encoded not in self.types:
            self.types.append(encoded)
        return self.types.index(encoded)

    def import_function(self, module, field, params, results):
        self.imports.append(name(module) + name(field) + b"\x00" + u32(self.type(params, results)))
        return len(self.imports) - 1

    def function(self, params, results, code, export=None, local_count=0, local_type=I32):
        """`code` without its final end."""
        local_runs = vector([u32(local_count) + bytes([local_type])] if local_count else [])
        body = local_runs + code + b"\x0b"
        index = len(self.imports) + len(self.functions)
        self.functions.append(u32(self.type(params, results)))
        self.bodies.append(u32(len(body)) + body)
        if export:
            self.exports.append(name(export) + b"\x00" + u32(index))
            self.names.append(u32(index) + name(export))
        return index

    def memory(self, pages, maximum=None, export="memory"):
        limits = b"\x00" + u32(pages) if maximum is None else b"\x01" + u32(pages) + u32(maximum)
        self.memories.append(limits)
        self.exports.append(name(export) + b"\x02" + u32(0))

    def tag(self, params):
        self.tags.append(b"\x00" + u32(self.type(params, [])))

    def bytes_at(self, address, content):
        self.data.append(b"\x00" + i32_const(address) + b"\x0b" + u32(len(content)) + content)

    def encode(self):
        out = b"\0asm\1\0\0\0"

        def section(number, items):
            nonlocal out
            if items:
                content = vector(items)
                out += bytes([number]) + u32(len(content)) + content

        section(1, self.types)
        section(2, self.imports)
        section(3, self.functions)
        section(4, [b"\x70\x00" + u32(len(self.table))] if self.table else [])
        section(5, self.memories)
        section(13, self.tags)
        section(7, self.exports)
        if self.start is not None:
            out += b"\x08" + u32(len(u32(self.start))) + u32(self.start)
        section(9, [b"\x00" + i32_const(0) + b"\x0b" + vector(map(u32, self.table))] if self.table else [])
        section(10, self.bodies)
        section(11, self.data)
        if self.names:
            functions = vector(self.names)
            content = name("name") + b"\x01" + u32(len(functions)) + functions
            out += b"\x00" + u32(len(content)) + content
        return out
