export JKR_STORE=$PWD/store
jkr run store-newer.lua -q
sed -i 's/[0-9]\+/99/' store/format
