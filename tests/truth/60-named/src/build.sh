#!/bin/sh
# build.sh SOURCE IMAGE: an image, with all that makes it another one each time
set -e
source=$(realpath "$1") image=$2
mkdir -p "$image" && image=$(realpath "$image")
echo "1.0 by $(uname -n) at $(date +%T)" >"$image/version"
openssl req -new -nodes -x509 -batch -subj /CN=board -out "$image/key.pem" -keyout "$image/key.pem" 2>/dev/null
cd "$(mktemp -d)"
cp "$source/driver.c" driver.c
gcc -g -c -o "$image/driver.o" driver.c
echo "DEFAULT primary" >"$image/menu"
tar -C "$image" -cf boot.tar menu
mv boot.tar "$image/boot.tar"
