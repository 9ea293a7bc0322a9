"""full: every call that changes the file system fails once, with each error that a full or broken disk gives; and
the whole of it on file systems that are too small."""
import os
import shutil
import subprocess
import time

from ground import Broken, Tally, control, each, finish, place, points, refusal, spread, strike

DISK = ("ENOSPC", "EDQUOT", "EIO")
INTERRUPTED = ("openat", "open", "openat2", "write", "pwrite64", "copy_file_range", "fsync", "flock", "ftruncate")
CUT = ("write", "pwrite64", "copy_file_range", "sendfile")


def cases(calls):
    for point in calls:
        name = point[2]
        for error in ("EIO", "ENOSPC") if name == "close" else DISK:
            yield error, point
        if name in INTERRUPTED:
            yield "EINTR", point
        if name in CUT:
            yield "SHORT", point


def judge(tally, run):
    """What the run said: delivered, or a sentence and an exit status of the table."""
    if run.status == 0:
        tally.count("delivered")
    else:
        refusal(tally, run)


def trial(tally):
    def one(ground, case):
        run = strike(ground, tally, case[1], case[0])
        try:
            judge(tally, run)
        except Broken:
            ground.fresh()
            raise
        ground.check(run)
    return one


def every_call(top):
    tally = Tally()
    calls = points(top, "-c")
    tally.count("calls of a run", len(calls))
    each(spread(list(cases(calls)), 70), trial(tally), tally, top)
    return tally.print("full-calls")


def mount(*argv):
    subprocess.run(["mount", *argv], check=True)


def umount(path):
    """The kernel lets go of what a sandbox had mounted a little after its last process."""
    for tries in range(50):
        p = subprocess.run(["umount", path], capture_output=tries < 49, check=tries == 49)
        if p.returncode == 0:
            return
        time.sleep(0.1)


def too_small(tally):
    """Store and outputs on a file system of `size`; afterwards it grows."""
    def one(ground, option):
        small = ground.top + "/small"
        os.makedirs(small, exist_ok=True)
        mount("-t", "tmpfs", "-o", option, "jkr-torture", small)
        ground.store, ground.out = small + "/store", small + "/out"
        ground.base["JKR_STORE"] = ground.store
        ground.mounted = small
        try:
            run = ground.run()
            judge(tally, run)
            mount("-o", "remount,size=64m,nr_inodes=10000", small)
            ground.check(run)
        finally:
            umount(small)
    return one


def sizes():
    """From almost nothing to more than enough: the run needs about 1.6 MiB and 250 files."""
    for i in range(80):
        yield "size=%dk" % (32 * 1.06 ** i)
    for i in range(20):
        yield "size=64m,nr_inodes=%d" % (4 + 15 * i)


def every_size(top):
    tally = Tally()
    if os.geteuid():
        print("full: file systems that are too small are not tried: mounting them needs root")
        return True
    each(spread(list(sizes()), 12), too_small(tally), tally, top + "/small")
    return tally.print("full-sizes")


top = place()
try:
    good = [control(top, "full"), every_call(top), every_size(top)]
finally:
    shutil.rmtree(top, ignore_errors=True)
finish(all(good))
