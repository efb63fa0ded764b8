#!/usr/bin/env python3
"""Makes the files that the programs of this suite are run on, the same ones every time.

usage: make_files.py OUT
"""
import bz2
import gzip
import io
import lzma
import pathlib
import sys
import tarfile
import zipfile

WORDS = "pear apple fig cherry banana date elderberry grape kiwi lemon mango nectarine orange papaya quince apple fig".split()


def random_numbers(count, state=12345):
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 8


def texts():
    """The plain text files as {name: text}."""
    words = "".join(f"{word}\n" for word in WORDS)
    numbers = "".join(f"{i} {n % 1000}\n" for i, n in enumerate(random_numbers(50)))
    corpus = "".join(f"{i} {WORDS[n % 17]} {WORDS[n // 17 % 17]} {n % 100000}\n" for i, n in enumerate(random_numbers(20000)))
    table = "name,price,place\n" + "".join(f"{word},{n % 500 / 4},row {i}\n" for i, (word, n) in enumerate(zip(WORDS, random_numbers(17))))
    dump = "VERSION=3\nformat=print\ntype=btree\nmapsize=16777216\nHEADER=END\n" + "".join(f" {line}\n" for line in corpus.splitlines()) + "DATA=END\n"
    return {
        "words.txt": words, "words2.txt": words.replace("fig", "figs").replace("kiwi\n", ""), "numbers.txt": numbers,
        "corpus.txt": corpus, "lmdb.dump": dump, "table.csv": table, "sums.bc": "scale=20\n1/3\n2^64\nsqrt(2)\n", "dos.txt": words.replace("\n", "\r\n"),
        "tabs.txt": "a\tb\tc\n\tindented\n", "spaces.txt": "a       b       c\n        indented\n", "long.txt": " ".join(WORDS * 3) + "\n",
        "repeated.txt": "".join(f"{word}\n" * (1 + i % 3) for i, word in enumerate(WORDS)), "order.txt": "a b\nb c\nd c\nc e\n",
        "change.patch": "--- words.txt\n+++ words.txt\n@@ -1,4 +1,4 @@\n pear\n-apple\n+apples\n fig\n cherry\n",
        "encoded.uue": "begin-base64 644 name\ncGxhaW4gdGV4dAo=\n====\n", "encoded.txt": "cGxhaW4gdGV4dCBhbmQgbW9yZQo=\n", "shredded": words, "ed.txt": "2d\n$a\nlast\n.\n1,3p\ns/last/final/p\nQ\n",
        "data.json": '{"items": [{"name": "a", "size": 3, "tags": ["x", "y"]}, {"name": "b", "size": 1.5e3, "tags": []}], "on": true, "text": "\\u00e4\\n\\"q\\""}\n',
    }


def entry(name, data=b"", kind=tarfile.REGTYPE):
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.type, info.mode = len(data), 1600000000, kind, 0o644 if kind == tarfile.REGTYPE else 0o755
    return info, io.BytesIO(data)


def archives(words):
    """The binary files as {name: bytes}."""
    tar, zipped = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for part in (entry("tree", kind=tarfile.DIRTYPE), entry("tree/a.txt", b"first\n"), entry("tree/b.txt", words)):
            archive.addfile(*part)
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("words.txt", (2020, 1, 2, 3, 4, 6)), words)
    cpio = b"".join(cpio_entry(name, data) for name, data in (("a.txt", b"first\n"), ("TRAILER!!!", b"")))
    ar = b"!<arch>\n" + f"{'a.txt/':16}{1600000000:<12}{0:<6}{0:<6}{'100644':8}{6:<10}`\n".encode() + b"first\n"
    return {
        "words.txt.bz2": bz2.compress(words), "words.txt.gz": gzip.compress(words, mtime=0), "words.txt.xz": lzma.compress(words),
        "words.txt.lzma": lzma.compress(words, lzma.FORMAT_ALONE), "archive.tar": tar.getvalue(), "archive.zip": zipped.getvalue(),
        "archive.cpio": cpio, "archive.a": ar, "bytes.bin": bytes(n % 256 for n in random_numbers(200)) + b"some text\0more text here",
        "image": bytes(2 << 20),
    }


def cpio_entry(name, data):
    fields = (1, 0o100644, 0, 0, 1, 1600000000, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    header = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    return b"".join(part + bytes(-len(part) % 4) for part in (header, data))


def main():
    out = pathlib.Path(sys.argv[1])
    plain = texts()
    for folder in ("tree/sub", "tree/empty", "tree2/sub"):
        (out / folder).mkdir(parents=True)
    for name, text in plain.items():
        (out / name).write_bytes(text.encode())
    for name, data in archives(plain["words.txt"].encode()).items():
        (out / name).write_bytes(data)
    for folder, last in (("tree", "line 3\n"), ("tree2", "another line\n")):
        (out / folder / "a.txt").write_text("line 1\nline 2\n" + last)
        (out / folder / "sub/b.txt").write_text("line in b\n" * 200)
    (out / "link").symlink_to("words.txt")


if __name__ == "__main__":
    main()
