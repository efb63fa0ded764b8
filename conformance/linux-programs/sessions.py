#!/usr/bin/env python3
"""Programs that somebody talks to while they run: an editor on a terminal, a server on loopback.

usage: sessions.py PROGRAM_DIR --vm "build/bin/lind-vm --dir ." [NAME ...]

PROGRAM_DIR is build.sh's. Each session is held with the native program and with the guest, and must go the same way. A line per
session, and as the last line "N passed, N failed, N skipped".
"""
import argparse
import fcntl
import os
import pathlib
import pty
import re
import select
import shlex
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time

PATIENCE = 20  # seconds for one answer
WINDOW = struct.pack("HHHH", 12, 50, 0, 0)  # rows and columns: not the usual ones, so that a guest that does not ask shows
EDITS = [b"Gofirst new line\r\tand a second\x1b", b"ggdd", b"jyyp", b"/kiwi\r", b"cwgooseberry\x1b", b":%s/an/AN/g\r", b"u", b"xp", b"2GJ", b":wq\r"]


def quiet_output(terminal, pause):
    """What comes from the terminal until nothing does for a pause, or the other side is closed."""
    output = b""
    while select.select([terminal], [], [], pause if output else PATIENCE)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux's way to say that the other side is closed
            break
        if not part:
            break
        output += part
    return output


def edit(command, folder):
    """busybox vi on a terminal of 12 rows: what it leaves in the file, and the last screen but one."""
    (folder / "text").write_text("pear\napple\nbanana\nkiwi\norange\nmango\n")
    terminal, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, WINDOW)
    with subprocess.Popen([*command, "vi", "text"], cwd=folder, stdin=side, stdout=side, stderr=side, start_new_session=True,
                          env={"TERM": "vt100", "PATH": os.environ["PATH"]}) as editor:
        os.close(side)
        screens = [quiet_output(terminal, 1)]
        for keys in EDITS:
            os.write(terminal, keys)
            screens.append(quiet_output(terminal, 0.4))
        status = editor.wait(PATIENCE)
    os.close(terminal)
    return {"status": status, "file": (folder / "text").read_text(), "first screen": screens[0], "screen after J": screens[-2]}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client:
    """A user of the IRC server: one connection, and the lines that came."""

    def __init__(self, port, nick):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
                break
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self.lines = self.connection.makefile("r", newline="\r\n")
        self.heard = []
        self.say(f"NICK {nick}", f"USER {nick} 0 * :Real {nick}")
        self.wait_for(" 376 | 422 ")  # the end of the message of the day, or that there is none

    def say(self, *lines):
        self.connection.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def wait_for(self, pattern):
        for line in self.lines:
            self.heard.append(line.rstrip())
            if re.search(pattern, line):
                return
        self.heard.append(f"closed before {pattern}")


def chat(command, folder):
    """ngircd with two users: they meet in a channel, talk, rename and leave; what each heard."""
    port = free_port()
    (folder / "ngircd.conf").write_text(
        f"[Global]\nName = irc.example.net\nInfo = A server\nListen = 127.0.0.1\nPorts = {port}\nMotdPhrase = Welcome.\n"
        "ServerUID = 65534\nServerGID = 65534\n"  # there is no list of users
        "[Options]\nDNS = no\nIdent = no\nPAM = no\n")
    with subprocess.Popen([*command, "-n", "-f", "ngircd.conf"], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as server:
        try:
            users = hold_chat(port)
        finally:
            server.terminate()
            log = server.communicate(timeout=PATIENCE)[0].decode(errors="replace")
    if not users:
        return {"log": log}
    return {f"user {number}": [plain(line) for line in user.heard] for number, user in enumerate(users, 1)} | {
        "status": server.returncode}


def hold_chat(port):
    ann, bob = Client(port, "ann"), Client(port, "bob")
    ann.say("JOIN #lind")
    ann.wait_for(" 366 ")
    bob.say("JOIN #lind", "PRIVMSG #lind :hello, ann")
    bob.wait_for(" 366 ")
    ann.wait_for("hello, ann")
    ann.say("TOPIC #lind :Engines", "PRIVMSG bob :psst", "PRIVMSG nobody :lost", "WHOIS bob", "NICK anna")
    ann.wait_for(" NICK ")
    bob.wait_for(" NICK ")
    bob.say("MODE #lind", "NAMES #lind", "PRIVMSG #lind :" + "x" * 400, "PART #lind :bye", "QUIT :gone")
    ann.wait_for(" PART ")
    bob.wait_for("^ERROR")
    ann.say("PING :me", "QUIT")
    ann.wait_for("^ERROR")
    return [ann, bob]


def plain(line):
    """Without what differs between runs and machines: dates, ports, seconds, the server's machine, and sizes that follow from that."""
    line = re.sub(r" \([^ ()]*/[^ ()]*/[^ ()]*\)|(Connection statistics).*", r"\1", line)
    return re.sub(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} .*|\b\d{9,}\b|( 317 \S+ \S+) .*", r"\2", line)


SESSIONS = {"vi": ("busybox", edit), "ngircd": ("ngircd", chat)}


def differences(native, guest):
    for key, want in native.items():
        if guest.get(key) != want:
            return f"{key}: native {want!r}, guest {guest.get(key)!r} {guest.get('log', '')}"
    return None


def hold(session, program, args):
    """One session on both sides; what differs, or None."""
    outcomes = []
    for command in ([args.program_dir / "native" / program], [*args.vm, args.program_dir / "wasm" / f"{program}.wasm"]):
        with tempfile.TemporaryDirectory() as folder:
            outcomes.append(session(command, pathlib.Path(folder)))
    return differences(*outcomes)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program_dir", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("names", nargs="*")
    parser.add_argument("--vm", required=True, type=shlex.split)
    args = parser.parse_intermixed_args()
    args.vm[0] = str(pathlib.Path(shutil.which(args.vm[0]) or sys.exit(f"no such program: {args.vm[0]}")).absolute())
    totals = [0, 0]
    for name in args.names or SESSIONS:
        program, session = SESSIONS[name]
        try:
            problem = hold(session, program, args)
        except (OSError, subprocess.TimeoutExpired) as error:
            problem = f"{type(error).__name__}: {error}"
        totals[problem is not None] += 1
        print(f"{name:10} {problem or 'goes the same way'}", flush=True)
    print("{} passed, {} failed, 0 skipped".format(*totals))
    sys.exit(1 if totals[1] else 0)


if __name__ == "__main__":
    main()
