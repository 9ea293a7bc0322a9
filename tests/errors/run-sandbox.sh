image
mkdir bin
printf '#!/bin/sh\necho "bwrap: Cannot mount proc: Operation not permitted" >&2\nexit 1\n' >bin/bwrap
chmod +x bin/bwrap
PATH=$PWD/bin:$PATH
