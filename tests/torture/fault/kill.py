"""kill: SIGKILL at every call that changes the file system, then at random times on a longer recipe."""
import random
import shutil
import signal
import subprocess
import time

from ground import FULL, Ground, Run, Tally, control, each, finish, place, plain_limits, points, spread, strike

# every task is the victim of its own calls; of a child's calls its parent is, too, and the runner
VICTIMS = ("kill", "kill-parent", "kill-first")


def cases(calls):
    for victim in VICTIMS:
        for point in calls:
            depth = point[0].count(".")
            if depth >= {"kill": 0, "kill-first": 1, "kill-parent": 2}[victim]:
                yield victim, point


def trial(tally):
    def one(ground, case):
        ground.check(strike(ground, tally, case[1], case[0]))
    return one


def every_call(top):
    tally = Tally()
    calls = points(top, "-c")
    todo = spread(list(cases(calls)), 40)
    tally.count("calls of a run", len(calls))
    each(todo, trial(tally), tally, top)
    return tally.print("kill-calls")


def random_time(tally):
    def one(ground, seed):
        rnd = random.Random(seed)
        p = subprocess.Popen(ground.argv(), cwd=ground.project.path, env=ground.base, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=plain_limits)
        time.sleep(rnd.random() * ground.takes)
        p.send_signal(signal.SIGKILL)
        status = p.wait()
        tally.count("ran to their end" if status == 0 else "killed")
        ground.check(Run(status, ""))
    return one


def random_times(top):
    tally = Tally()
    ground = Ground(top + "/time", True)
    began = time.time()
    ground.run()
    Ground.takes = time.time() - began
    each(range(1000 if FULL else 15), random_time(tally), tally, top + "/long", True)
    return tally.print("kill-times")


top = place()
try:
    good = [control(top, "kill"), every_call(top), random_times(top)]
finally:
    shutil.rmtree(top, ignore_errors=True)
finish(all(good))
