image
stop_child() { pkill -TERM -P "$1"; }
jkr() { when_started stop_child "$@"; }
