#!/bin/sh
# build.sh: what a build takes over from the machine: who, where, in which order, with which rights
mkdir -p board
echo "by $(id -un) at $(uname -n) in $HOME, epoch $(date -d @0 +%H:%M), $CFLAGS" >board/built-by
ls src >board/order
tar -cf board.tar --mtime=@0 board
