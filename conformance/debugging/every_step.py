"""Runs in gdb: goes through a guest's machine code instruction by instruction. At each, the backtrace must go from there through
functions of the guest, its start and C++ to main, and the guest's functions may differ from those of the step before by one.
Prints "N steps, N wrong" at the end."""
import gdb

CHECKED_STEPS = 4000


def is_machine(frame):
    name = frame.name() or ""
    return name.startswith(("Wasm:", "stub:")) or name == "__morestack"


def backtrace():
    frame, names = gdb.newest_frame(), []
    while frame:
        names.append(frame.name() or "?")
        last, frame = frame, frame.older()
    return names, last.unwind_stop_reason()


def differs_by_one(before, after):
    longest = max(len(before), len(after))
    common = 0
    while common < min(len(before), len(after)) and before[-1 - common] == after[-1 - common]:
        common += 1
    return common >= longest - 1


def check(before):
    """The guest's functions, innermost first, or those before while a stub is on its way; None if something is wrong."""
    names, reason = backtrace()
    guests = [name for name in names if name.startswith("Wasm:")]
    is_in_guest = names[0].startswith("Wasm:")
    is_whole = names[-1] == "main" or names[-1].startswith("__libc_start")
    is_rooted = not guests or guests[-1].startswith("Wasm:_start")
    if not is_whole or not is_rooted or "?" in names or (is_in_guest and not differs_by_one(before, guests)):
        print("at", gdb.execute("x/i $pc", to_string=True).strip(), "the backtrace is", names,
              gdb.frame_stop_reason_string(reason))
        return None
    return guests if is_in_guest else before


def leave_cxx():
    """From C++ back to machine code: to the stub that called it, or to the next entry."""
    frame, younger = gdb.newest_frame(), None
    while frame and not is_machine(frame):
        frame, younger = frame.older(), frame
    if frame and frame.older() and younger and not younger.name().startswith("lindvm::jit::BaselineTier::enter"):
        younger.select()
        gdb.execute("finish", to_string=True)
    else:
        gdb.execute("continue", to_string=True)


def main():
    gdb.execute("tbreak lindvm::jit::BaselineTier::enter", to_string=True)
    gdb.execute("run", to_string=True)
    gdb.execute("break *(long)&'stub:enter'", to_string=True)
    steps = wrong = 0
    guests = []
    while gdb.selected_inferior().pid and steps < CHECKED_STEPS and wrong < 5:
        if is_machine(gdb.newest_frame()):
            found = check(guests)
            wrong += found is None
            guests = found or []
            steps += 1
            gdb.execute("stepi", to_string=True)
        else:
            leave_cxx()
    print(f"{steps} steps, {wrong} wrong")


main()
