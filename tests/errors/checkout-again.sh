# run: edit checkout-again.lua src mine
export JKR_STORE=$PWD/store
"$jkr" edit checkout-again.lua src mine -q
