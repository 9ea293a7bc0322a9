image
kill_child() { pkill -KILL -P "$1"; }
jkr() { when_started kill_child "$@"; }
