export JKR_STORE=$PWD/store
jkr run store-list-damaged.lua -q
damage_lists
