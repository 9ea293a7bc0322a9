export JKR_STORE=$PWD/store
