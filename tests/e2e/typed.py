"""typed: types into a real shell on a terminal of its own, and prints what it shows once it shows all that is expected.

usage: typed.py SETUP TEXT EXPECTED… -- SHELL ARGUMENT…      `\\t` in TEXT is the tab key; status 1 after a minute without it
"""
import os
import pty
import re
import select
import sys
import time

at = sys.argv.index("--")
setup, text, *expected = sys.argv[1:at]
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", PS1="$ ", COLUMNS="200", LINES="50")
    os.execvp(sys.argv[at + 1], sys.argv[at + 1:])
end, seen = time.time() + 60, ""


def wait(done):
    global seen
    while not done():
        if time.time() > end or not select.select([fd], [], [], 1)[0]:
            if time.time() > end:
                return False
            continue
        try:
            data = os.read(fd, 65536)
        except OSError:
            return False
        seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()>=].?|\r|\x07", "", data.decode(errors="replace"))
    return True


os.write(fd, (setup + "\necho rea''dy\n").encode())
ok = wait(lambda: "\nready" in seen)
seen = ""
os.write(fd, text.replace("\\t", "\t").encode())
ok = ok and wait(lambda: all(word in seen for word in expected))
print(seen)
os.close(fd)
os.kill(pid, 9)
os.waitpid(pid, 0)
sys.exit(not ok)
