mkdir store
touch store/thesis.odt
export JKR_STORE=$PWD/store
