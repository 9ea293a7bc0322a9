#!/usr/bin/env bats
# jkr export --sources and jkr import: what builds without a network, in an empty store; and files of sources that are
# none, were changed, or mean harm.

load helper
load git

# cut_off COMMAND…: without a network, as whoever runs the tests
cut_off() { unshare -rn -- "$@"; }

# web: this folder's www by http on loopback, at $http
web() {
  python3 -u -m http.server --bind 127.0.0.1 --directory www 0 >web.log 2>&1 3>&- &
  pids+=($!)
  until_true grep -qs 'port' web.log
  http=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\).*/\1/p' web.log)
}

sum() { sha256sum "$1" | cut -d' ' -f1; }

# sources: a recipe that takes something from everywhere
sources() {
  make_image tail
  mkdir -p www toolchains recipes/lib downloads
  mv image.tar www/image.tar
  head -c 100000 /dev/urandom >www/input.bin
  upstream 3
  echo 'return copy { "README", "part" }' >srv/up/part.lua
  mkdir srv/up/part && echo part >srv/up/part/file && ln -s file srv/up/part/link
  states_all
  commit part
  git clone -q --bare srv/up srv/code
  web
  serve
  printf 'name: host\nimage: { url: "%s/image.tar", sha256: %s }\n' "$http" "$(sum www/image.tar)" >toolchains/host.yaml
  echo 'name: project' >jkr.yaml
  echo own >recipes/lib/own.txt && ln -s own.txt recipes/lib/own.link
  echo secret >not-named.txt
  echo given >downloads/vendor.bin
  cat >recipes/r.lua <<LUA
local part = use "git+$url//part.lua?ref=main" { }
local code = git_checkout "code" { "${url%up}code", ref = "main", subdir = "d" }
local input = fetch "input" { "$http/input.bin", sha256 = "$(sum www/input.bin | tr a-f A-F)" }
local vendor = fetch "vendor" { file = "vendor.bin", get = "ask" }
local made = run_in_container "made" { "sh", "-c", "cat /jkr/given/input.bin | tail -c 10; echo made", toolchain = toolchain "host",
  mounts = { ["/jkr/given"] = input }, capture = "made" }
return bundle "all" { part, code, made, vendor, copy { "lib" } }
LUA
}

@test "a recipe's sources in one file: it builds with the network cut off, in an empty store" {
  sources
  jkr run recipes/r.lua -q -o out
  run jkr export recipes/r.lua
  [ "$status" = 2 ]
  run jkr export recipes/r.lua --sources -o "$work/r.tar.zst"
  echo "$output"
  [ "$status" = 0 ]
  [ "$(tar -tf "$work/r.tar.zst" | sed -n 2p)" = r/jkr-sources ]
  no grep -q not-named <<<"$(tar -tf "$work/r.tar.zst" | tee list)"
  grep -q '^r/recipes/lib/own.txt$' list && grep -q "^r/downloads/by-hash/git/$id.pack$" list
  # once more it is the same, byte for byte
  jkr export recipes/r.lua --sources -q -o again.tar.zst
  cmp "$work/r.tar.zst" again.tar.zst
  end_servers
  mkdir "$work/else" && cd "$work/else"
  export JKR_STORE=$work/empty
  run jkr import "$work/r.tar.zst"
  echo "$output"
  [ "$status" = 0 ] && [[ $output == *'jkr run recipes/r.lua --offline'* ]]
  cd r
  run cut_off "$JKR" run recipes/r.lua --offline --locked -o out
  echo "$output"
  [ "$status" = 0 ]
  diff -r "$work/project/out" out
  [ "$(cat out/own.txt)" = own ] && [ -L out/own.link ]
  # an ordinary tar does as well, and --offline need not be said
  mkdir "$work/third" && tar -C "$work/third" -xf "$work/r.tar.zst" && cd "$work/third/r"
  JKR_STORE=$work/empty2 cut_off "$JKR" run recipes/r.lua -q -o out
  diff -r "$work/project/out" out
  # by the machine's own programs
  JKR_STORE=$work/empty3 cut_off "$JKR" run recipes/r.lua --backend none --allow-host --offline -q -o host
  diff -r "$work/project/out" host
  # positive control: without what came along nothing is had
  rm -r downloads/by-hash
  JKR_STORE=$work/empty4 run cut_off "$JKR" run recipes/r.lua --offline
  [ "$status" = 5 ]
}

@test "what is staged by its hash counts only when it has that hash" {
  sources
  jkr export recipes/r.lua --sources -q -o r.tar.zst
  end_servers
  jkr import r.tar.zst -q && cd r
  file=downloads/by-hash/sha256/$(sum ../www/input.bin)
  echo evil >"$file"
  JKR_STORE=$work/empty run jkr run recipes/r.lua --offline -o out
  echo "$output"
  [ "$status" = 5 ]
  [[ $output == *E0913*input.bin* ]]
  cp ../www/input.bin "$file"
  # a pack that is of another commit, cut short, or none
  pack=$(echo downloads/by-hash/git/*.pack)
  cp "$pack" ../pack
  for how in 'head -c 300 ../pack' 'echo rubbish' 'git -C ../srv/up pack-objects -q --stdout </dev/null'; do
    eval "$how" >"$pack"
    JKR_STORE=$(mktemp -d "$work/store.XXXXXX") run jkr run recipes/r.lua --offline
    echo "$how: $output"
    [ "$status" -ne 0 ]
    [[ $output == *'what is staged is not all of commit'* ]]
  done
  cp ../pack "$pack"
  JKR_STORE=$work/good jkr run recipes/r.lua --offline -q -o out
}

@test "what cannot be taken along is said" {
  echo 'return fetch { file = "vendor.bin", get = "ask" }' >r.lua
  run jkr export r.lua --sources
  echo "$output"
  [ "$status" -ne 0 ]
  [[ $output == *'vendor.bin'*'not '* ]]
  mkdir -p "$work/team/fan" && echo 'name: fan' >"$work/team/fan/plugin.yaml" && echo 'return { }' >"$work/team/fan/plugin.lua"
  echo 'local p = plugins { } return tree { write { path = "a", text = "b" }, p.post_build }' >r.lua && touch jkr.yaml
  run jkr export r.lua --sources --plugin "$work/team/fan"
  echo "$output"
  [ "$status" = 2 ]
  [[ $output == *E0923*'lies outside the project'* ]]
  [ -z "$(ls ./*.tar.zst* 2>/dev/null)" ]
}

# hostile WHAT: r.tar.zst with one thing changed, as evil.tar
hostile() {
  python3 - "$1" <<'PY'
import hashlib, io, subprocess, sys, tarfile
src = tarfile.open(fileobj=io.BytesIO(subprocess.run(["zstd", "-dcq", "r.tar.zst"], capture_output=True, check=True).stdout))
members = [(m, src.extractfile(m).read() if m.isreg() else None) for m in src]
def member(name, data=None, kind=tarfile.REGTYPE, target=""):
    m = tarfile.TarInfo(name)
    m.type, m.linkname, m.size, m.mode = kind, target, len(data or b""), 0o755
    return m, data
def listed(name, data):
    m, text = members[1]
    text += f"{hashlib.sha256(data).hexdigest()}  {name[2:]}\n".encode()
    m.size = len(text)
    members[1] = m, text
    members.append(member(name, data))
def change(name, data):
    for i, (m, old) in enumerate(members):
        if m.name == name:
            m.size = len(data)
            members[i] = m, data
what = sys.argv[1]
evil = {
    "climbs": lambda: listed("r/../../evil", b"x"), "absolute": lambda: listed("/tmp/jkr-evil", b"x"),
    "outside": lambda: members.append(member("other/evil", b"x")),
    "through": lambda: members.extend([member("r/d", None, tarfile.SYMTYPE, ".."), member("r/d/evil", b"x")]),
    "link-up": lambda: members.append(member("r/out", None, tarfile.SYMTYPE, "../../..")),
    "link-root": lambda: members.append(member("r/out", None, tarfile.SYMTYPE, "/etc")),
    "link-inner": lambda: members.append(member("r/recipes/out", None, tarfile.SYMTYPE, "lib/../../../evil")),
    "hard": lambda: members.append(member("r/passwd", None, tarfile.LNKTYPE, "/etc/passwd")),
    "device": lambda: members.append(member("r/dev", None, tarfile.BLKTYPE)),
    "fifo": lambda: members.append(member("r/fifo", None, tarfile.FIFOTYPE)),
    "git": lambda: listed("r/.git/config", b"[core]\nfsmonitor = touch fired\n"),
    "git-case": lambda: listed("r/recipes/.GIT/config", b"x"),
    "extra": lambda: members.append(member("r/recipes/extra.lua", b"x")),
    "changed": lambda: change("r/recipes/r.lua", b"return evil"),
    "missing": lambda: members.pop(),
    "twice": lambda: members.append(member("r/recipes/r.lua", b"return evil")),
    "by-hash": lambda: listed("r/downloads/by-hash/sha256/" + 64 * "0", b"x"),
    "no-list": lambda: members.pop(1),
    "late-list": lambda: members.append(members.pop(1)),
    "recipe": lambda: change("r/jkr-sources", members[1][1].replace(b"recipes/r.lua\n", b"../r.lua\n", 1)),
    "version": lambda: change("r/jkr-sources", members[1][1].replace(b"sources 1", b"sources 2")),
    "control": lambda: listed("r/a\033[31mb", b"x"),
    "bomb": lambda: listed("r/bomb", bytes(160 << 20)),
    "nothing": lambda: None,
}
evil[what]()
data = io.BytesIO()
with tarfile.open(fileobj=data, mode="w") as out:
    for m, content in members:
        out.addfile(m, io.BytesIO(content) if content is not None else None)
raw = data.getvalue()
if what == "bomb":
    raw = subprocess.run(["zstd", "-cq"], input=raw, capture_output=True, check=True).stdout
open("evil.tar", "wb").write(raw)
PY
}

@test "hostile files of sources are refused, and leave nothing behind" {
  mkdir recipes && touch jkr.yaml && echo 'return write { path = "a", text = "b" }' >recipes/r.lua
  jkr export recipes/r.lua --sources -q -o r.tar.zst
  mkdir in && cd in && cp ../r.tar.zst .
  hostile nothing && jkr import evil.tar good -q && cmp good/recipes/r.lua ../recipes/r.lua && rm -r good
  for what in climbs absolute outside through link-up link-root link-inner hard device fifo git git-case extra changed missing twice \
    by-hash no-list late-list recipe version bomb control; do
    hostile "$what"
    run jkr import evil.tar
    echo "$what: $output"
    [ "$status" -ne 0 ] && [ "$status" -lt 120 ]
    [[ $output == *'error[E'* && $output != *$'\033'* ]]
    [ "$(find . -mindepth 1 | sort | tr '\n' ' ')" = './evil.tar ./r.tar.zst ' ]
    [ ! -e "$work/evil" ] && [ ! -e ../evil ] && [ ! -e /tmp/jkr-evil ]
  done
  # cut at many places
  size=$(stat -c %s r.tar.zst)
  for at in 0 1 10 $((size / 4)) $((size / 2)) $((size - 20)) $((size - 1)); do
    head -c "$at" r.tar.zst >evil.tar
    run jkr import evil.tar
    echo "$at: $output"
    [ "$status" -ne 0 ] && [ "$status" -lt 120 ]
    [ "$(find . -mindepth 1 | sort | tr '\n' ' ')" = './evil.tar ./r.tar.zst ' ]
  done
  # what is there is not overwritten
  mkdir r && touch r/mine
  run jkr import r.tar.zst
  [ "$status" -ne 0 ] && [ -e r/mine ]
}
