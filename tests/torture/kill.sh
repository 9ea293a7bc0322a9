#!/bin/bash
# kill.sh: SIGKILL at every system call that changes the file system, of the runner and its children, and at
# 1,000 random times of a longer recipe; after each what must hold (tests/torture/fault/ground.py).
#
# usage: JKR=build/jkr WORK=FOLDER TORTURE=small|full tests/torture/kill.sh
set -u
exec "$(dirname "$0")/fault/run.sh" kill
