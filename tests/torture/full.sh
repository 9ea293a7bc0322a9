#!/bin/bash
# full.sh: every call that changes the file system fails once with ENOSPC, EDQUOT, EIO, EINTR or half done, and the
# whole runs on 100 too small file systems; after each what must hold (tests/torture/fault/ground.py).
#
# usage: JKR=build/jkr WORK=FOLDER TORTURE=small|full tests/torture/full.sh
set -u
exec "$(dirname "$0")/fault/run.sh" full
