jkr() {
  local pid
  "$jkr" "$@" &
  pid=$!
  until pkill -TERM -P "$pid"; do sleep 0.02; done
  wait "$pid"
}
