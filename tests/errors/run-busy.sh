image
export JKR_STORE=$PWD/store
"$jkr" run run-busy.lua -q &
until_started
