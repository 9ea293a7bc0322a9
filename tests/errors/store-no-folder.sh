touch file
export JKR_STORE=$PWD/file/store
