apt_stub
printf '#!/bin/sh\nexit 1\n' >bin/mmdebstrap
chmod +x bin/mmdebstrap
for p in sh seq cat unshare; do ln -s "$(type -P $p)" bin; done
PATH=$PWD/bin
export JKR_STORE=$PWD/store
jkr() { unshare -U "$jkr" "$@"; }
