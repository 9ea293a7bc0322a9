#!/bin/bash
# power.sh: 200 power cuts on ext4 in a loop image, each judged as after a new start of the machine
# (tests/torture/fault/power.py). Needs root.
#
# usage: JKR=build/jkr WORK=FOLDER TORTURE=small|full tests/torture/power.sh
set -u
exec "$(dirname "$0")/fault/run.sh" power
