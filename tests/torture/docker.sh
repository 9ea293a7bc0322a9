#!/bin/bash
# docker.sh: the docker backend with a real engine: runs that are stopped by each signal leave no container and no
# volume, and steps that run wild are stopped and named.
#
# usage: docker.sh      tests/torture/run.sh gives JKR, WORK and TORTURE; docker.py says what is done
#
# The engine is the one that $DOCKER_HOST names, or one of its own below $WORK (root, docker.io). `make check` has
# none of it: an engine takes longer to start than that may take.
set -u
[ "$TORTURE" != small ] || { echo "torture docker: skipped (only in full)"; exit 0; }
exec "$(dirname "$0")/signals.sh" docker
