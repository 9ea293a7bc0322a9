# run: cache verify
# exit: 3
export JKR_STORE=$PWD/store
echo 'return write { path = "a", text = "b" }' >first.lua
jkr run first.lua -q

find store -name a -type f -exec sh -c 'chmod u+w "$1"; echo damaged >"$1"' sh {} \;
