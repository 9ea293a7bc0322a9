#!/bin/bash
# memory.sh: every allocation of the runner and its children fails once: a sentence, or the abort of `jkr: out of
# memory`, and what must hold (tests/torture/fault/ground.py).
#
# usage: JKR=build/jkr WORK=FOLDER TORTURE=small|full tests/torture/memory.sh
set -u
exec "$(dirname "$0")/fault/run.sh" memory
