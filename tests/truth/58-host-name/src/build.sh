#!/bin/sh
# build.sh FOLDER: writes who built this, and where
set -e
name=$(uname -n)
echo "built by $(whoami)@$name under $(uname -r)" >"$1/built-by"
