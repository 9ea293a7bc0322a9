# run: edit checkout-git.lua src mine -q
# exit: 1
export JKR_STORE=$PWD/store
mkdir bin && printf '#!/bin/sh\necho "fatal: cannot mkdir .git: No space left on device" >&2\nexit 128\n' >bin/git && chmod +x bin/git
PATH=$PWD/bin:$PATH
