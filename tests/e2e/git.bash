# git.bash: repositories on real servers on loopback, for tests; loaded behind helper.bash, which makes $work.
# what it sets ($id, $url, $direct, $port) is for the tests
# shellcheck disable=SC2034,SC2154,SC2016

teardown() {
  end_servers
  cd /
  chmod -R u+rwx "$work" 2>/dev/null
  rm -rf "$work"
}

pids=()
end_servers() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  pids=()
}

# upstream FILES: srv/up, a repository with so many files of 4 kB on main, and nothing of this machine's settings
upstream() {
  export GIT_CONFIG_NOSYSTEM=1 HOME=$work GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
  git init -q -b main srv/up
  mkdir srv/up/d
  local i
  for i in $(seq "$1"); do head -c 4000 /dev/urandom | base64 >"srv/up/d/f$i"; done
  commit first
}

# states_all: srv/up says that its recipes do what the tests let them do
states_all() { printf '%s\n' 'capabilities:' '  primitives: [write, copy]' '  paths: [/]' '  network: ["git:*"]' >srv/up/jkr.yaml; }

# commit NAME [FILE]: changes FILE (else README) and commits it as what NAME says; its id is $id
commit() {
  echo "$1" >"srv/up/${2:-README}"
  git -C srv/up add -A && git -C srv/up commit -qm "$1"
  id=$(git -C srv/up rev-parse HEAD)
}

# serve: srv by git daemon, behind a gate; $url is the repository's address, $direct the one without the gate
serve() {
  local daemon
  daemon=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  git daemon --reuseaddr --listen=127.0.0.1 --port="$daemon" --base-path="$PWD/srv" --export-all --informative-errors >daemon.log 2>&1 3>&- &
  pids+=($!)
  until_true bash -c 'echo >"/dev/tcp/127.0.0.1/$1"' bash "$daemon"
  echo pass >order
  start gate "$daemon" order gate.log
  url=git://127.0.0.1:$port/up direct=git://127.0.0.1:$daemon/up
}

# start KIND ARGUMENT…: a server of git_server.py, on $port
start() {
  python3 "$BATS_TEST_DIRNAME/git_server.py" "$@" >"$1.port" 2>"$1.err" 3>&- &
  pids+=($!)
  until_true test -s "$1.port"
  port=$(cat "$1.port")
}

sent() { awk '{ n += $1 } END { print n + 0 }' gate.log; }
