export JKR_STORE=$PWD/store
jkr run store-damaged-file.lua -q
find store -name a -type f -exec sh -c 'chmod u+w "$1"; printf x >"$1"' sh {} \;
