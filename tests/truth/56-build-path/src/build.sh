#!/bin/sh
# build.sh FOLDER: compiles the driver that lies in FOLDER
set -e
cd "$(mktemp -d)"
gcc -g -c -o "$1/driver.o" "$1/driver.c"
