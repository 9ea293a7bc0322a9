"""memory: every allocation of the runner and its children fails once."""
import os
import shutil
import struct

from ground import INJECT, WORK, Broken, Ground, Tally, control, each, finish, place, refusal, spread

NAME, TASKS = 64, 255
SIZE = 2 * NAME + TASKS * NAME


def give(path, task="", at=0, on=0):
    """What starve.c shares with the program."""
    with open(path, "wb") as f:
        f.write(struct.pack("64s4I48x", task.encode(), at, on, 0, 0) + bytes(SIZE - 2 * NAME))


def take(path):
    """Whether it was struck, and the allocations of each task."""
    with open(path, "rb") as f:
        data = f.read()
    _, _, struck, n = struct.unpack_from("4I", data, NAME)
    tasks = {}
    for i in range(n):
        name, count = struct.unpack_from("60sI", data, 2 * NAME + i * NAME)
        tasks[name.split(b"\0")[0].decode()] = count
    return bool(struck), tasks


def run(ground, *what):
    shared, report = ground.top + "/shared", ground.top + "/report"
    give(shared, *what)
    env = {"PRELOAD": os.path.join(WORK, "starve.so"), "STARVE": shared, "STARVE_EXE": os.path.realpath(os.environ["JKR"])}
    result = ground.run([INJECT, "-w", "-r", report, "--"], env=env, report=report)
    return result, *take(shared)


def judge(tally, run):
    if run.status == 0:
        tally.count("delivered")
    elif run.status == 134 and "jkr: out of memory" in run.said:
        tally.count("aborted")
    else:
        refusal(tally, run)


def trial(tally):
    def one(ground, case):
        for tries in range(3):
            if tries:
                ground.fresh()
            result, struck, _ = run(ground, *case)
            if struck:
                break
        if not struck:
            tally.count("passed by")
        judge(tally, result)
        if result.status and ground.state() in ground.good:
            tally.count("left a store that was judged before")
            ground.check_run(result)
            ground.check_outside()
            ground.fresh()
            return
        before = ground.state()
        ground.check(result)
        if result.status:
            ground.good.add(before)
    return one


def every_allocation(top):
    tally = Tally()
    ground = Ground(top + "/points")
    result, _, tasks = run(ground)
    if result.status:
        raise Broken("the run with counted allocations fails: " + result.said)
    cases = [(task, n + 1) for task, count in sorted(tasks.items()) for n in range(count)]
    tally.count("allocations of a run", len(cases))
    each(spread(cases, 110), trial(tally), tally, top)
    return tally.print("memory-calls")


top = place()
try:
    good = [control(top, "memory"), every_allocation(top)]
finally:
    shutil.rmtree(top, ignore_errors=True)
finish(all(good))
