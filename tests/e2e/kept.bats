#!/usr/bin/env bats
# kept.bats: the plan that a run with nothing to do keeps is used while it is the answer, and only then.
# The kept plan is marked here: its recipe has another name, under a seal that is right. So each plan tells by its first word
# whether it is the kept one. What a test changes of the project it takes back, and then the kept plan counts again.

load helper

setup_file() {
  : "${JKR:?the program under test}"
  export JKR_STORE=$BATS_FILE_TMPDIR/store NO_COLOR=1 JKR_PATH=$BATS_FILE_TMPDIR/lib
  unset JKR_JOBS JKR_BACKEND JKR_DOWNLOADS
  mkdir -p "$BATS_FILE_TMPDIR"/{project,lib/recipes,staged} && cd "$BATS_FILE_TMPDIR/project" || return 1
  mkdir folder parts profiles
  echo a >folder/a && echo b >parts/b.txt && echo data >data.txt && echo text >text.txt && echo staged >staged.bin || return 1
  echo series >unwanted.txt
  mkdir -p vendor/src && echo driver >vendor/src/driver.c
  printf 'options:\n  n: "1"\n' >profiles/same.yaml
  cat >../lib/recipes/other.lua <<'LUA'
recipe "other" { version = "1", license = "MIT", summary = "other" } return write "o" { path = "o", text = "o\n" }
LUA
  cat >kept.lua <<'LUA'
recipe "kept" { version = "1", license = "MIT", summary = "a plan that is kept" }
local n     = option.string { "n", "1", "a text of a step" }
local one   = write "one" { path = "one", text = n }
local data  = copy "data" { "data.txt", "folder", "parts/*.txt" }
local bin   = fetch "bin" { file = "staged.bin", get = "ask for it" }
local more  = fetch "more" { file = "more.bin", get = "ask for more", optional = true }
local given = fetch "vendor" { folder = "vendor", holds = "src", get = "ask for it" }
local sdk   = fetch "sdk" { folder = "sdk", get = "ask for the SDK", optional = true }
local other = use "other.lua" { }
local src   = copy "src" { "text.txt" }
local said  = write "said" { path = "said", text = text(src / "text.txt") }
local put   = tree "put" { copy { "data.txt" }, plugins { }.post_extract }
copy "unwanted" { "unwanted.txt" }
return { one / "one", data, bin, other, said, put, copy "all" { data, more }, given, copy "sdk-there" { sdk, optional = true } }
LUA
  cat >guess.lua <<'LUA'
recipe "guess" { version = "1", license = "MIT", summary = "sees more than texts" }
local found, why = pcall(function() return plugin "nothing" end)
return write "w" { path = "w", text = tostring(found) }
LUA
  printf '#!/usr/bin/env python3
"""mark.py FILE [AT BYTE]: renames the recipe in a kept plan, or changes a byte, and seals it again"""
import hashlib, sys
b = bytearray(open(sys.argv[1], "rb").read())
assert b[:16] == b"jkr kept plan 1\\n"
if sys.argv[2:]:
    b[int(sys.argv[2])] ^= 1
else:
    at = b.index(b"kept\\0")
    b[at : at + 4] = b"KEPT"
b[16:48] = hashlib.sha256(b[48:]).digest()
open(sys.argv[1], "wb").write(b)
' >../mark.py
  "$JKR" run kept.lua -q && "$JKR" run guess.lua -q && "$JKR" run kept.lua -n --all >../cold && sleep 2.1 || return 1
  "$JKR" run kept.lua -q -o ../cold.out --format json >../cold.json 2>../cold.err && keep || return 1
}

# keep: a run that keeps its plan, which is marked then
keep() { "$JKR" run kept.lua -q && python3 "$BATS_FILE_TMPDIR/mark.py" "$(kept_file)" && cp "$(kept_file)" "$BATS_FILE_TMPDIR/marked"; }
kept_file() { grep -lr "^jkr kept plan" "$JKR_STORE/seen"; }

setup() {
  cd "$BATS_FILE_TMPDIR/project" || return 1
  cp "$BATS_FILE_TMPDIR/marked" "$(kept_file)"
  is_used
}
teardown() { :; }

is_used() { [[ $(jkr plan kept.lua "$@" 2>&1) == KEPT\ * ]]; }
# is_anew WORD…: with these words the plan is made anew, and it is one
is_anew() { [[ $(jkr plan kept.lua "$@" 2>&1) == kept\ * ]]; }
# unused WORD…: the plan is made anew, and says the words
unused() {
  local word said
  said=$(jkr plan kept.lua 2>&1 || true)
  ! [[ $said == KEPT\ * ]] || return 1
  for word; do [[ $said == *"$word"* ]] || return 1; done
}

@test "what is printed, exported and told is the same" {
  sed s/KEPT/kept/ <(jkr plan kept.lua --all) | cmp - ../cold
  jkr run kept.lua -q -o ../warm.out --format json 2>../warm.err | sed 's/KEPT/kept/; s/warm.out/cold.out/; /seconds/d' >../warm.json
  sed /seconds/d ../cold.json | cmp - ../warm.json
  cmp ../cold.err ../warm.err
  diff -r ../cold.out ../warm.out
  jkr plan kept.lua --format json | sed s/KEPT/kept/ >../warm.json
  jkr run kept.lua --progress json 2>../warm.events >/dev/null
  mv "$(kept_file)" ../aside
  jkr plan kept.lua --format json | cmp - ../warm.json
  jkr run kept.lua --progress json 2>../cold.events >/dev/null
  diff <(sed 's/,"seconds":[0-9.]*}/}/' ../cold.events) <(sed 's/,"seconds":[0-9.]*}/}/' ../warm.events)
  mv ../aside "$(kept_file)"
}

@test "what is asked counts: options, profiles, steps, plugins, backends, ways to look" {
  is_anew -D n=1 && is_anew --profile same && is_anew one && is_anew --backend none && is_anew --fresh || return 1
  is_anew --offline && is_anew --locked && is_anew -D epoch=5 || return 1
  is_anew --plugin "$BATS_TEST_DIRNAME/../../plugins/greeting"
  cp -r ../lib ../lib2 && JKR_PATH=$PWD/../lib2 is_anew && JKR_BACKEND=none is_anew || return 1
  mv ../project ../moved && cd ../moved || return 1
  is_anew
  mv ../moved ../project && cd ../project && is_used || return 1
}

@test "texts of the load, with the times that they had" {
  cp -p kept.lua ../before
  sed -i 's/text = n /text = "" /' kept.lua && touch -r ../before kept.lua || return 1
  unused "\`text\` changed" && cp -p ../before kept.lua && is_used || return 1
  sed -i 's/"o.n"/"p\\n"/' ../lib/recipes/other.lua
  unused "1 to run" && sed -i 's/"p.n"/"o\\n"/' ../lib/recipes/other.lua && is_used || return 1
  mkdir recipes && sed 's/"o.n"/"q\\n"/' ../lib/recipes/other.lua >recipes/other.lua || return 1 # found before the other now
  unused "1 to run" && rm -r recipes && is_used || return 1
  touch ../jkr.yaml && unused && rm ../jkr.yaml && is_used || return 1 # the project is another
}

@test "files, their modes, folders, patterns, links" {
  echo dato >data.txt && unused "file \`data.txt\` changed" && echo data >data.txt && is_used || return 1
  chmod +x data.txt && unused && chmod -x data.txt && is_used || return 1
  mv data.txt ../d && ln -s text.txt data.txt && unused && rm data.txt && mv ../d data.txt && is_used || return 1
  echo new >folder/new && unused && rm folder/new && is_used || return 1
  echo new >parts/new.txt && unused && rm parts/new.txt && is_used || return 1
  echo other >parts/other && is_used && rm parts/other || return 1
  rm unwanted.txt && unused "no file \`unwanted.txt\`" && echo series >unwanted.txt && is_used || return 1
}

@test "staged files" {
  echo other >staged.bin && unused "is not the file that jkr.lock pins" && echo staged >staged.bin && is_used || return 1
  mkdir downloads && mv staged.bin downloads && unused "nothing to do" && mv downloads/staged.bin . && rmdir downloads && is_used || return 1
  echo more >more.bin && unused "to run" && rm more.bin && is_used || return 1
  echo more >../staged/more.bin && JKR_DOWNLOADS=$PWD/../staged unused && rm ../staged/more.bin || return 1
}
@test "staged folders: what they hold, where they are, what they lack, and those that are not there" {
  echo other >vendor/src/driver.c && unused "to run" && echo driver >vendor/src/driver.c && is_used || return 1
  echo new >vendor/new && unused "to run" && rm vendor/new && is_used || return 1
  mkdir downloads && mv vendor downloads && unused "nothing to do" && mv downloads/vendor . && rmdir downloads && is_used || return 1
  mv vendor/src ../src && unused && mv ../src vendor/src && is_used || return 1
  mkdir sdk && unused "to run" && rmdir sdk && is_used || return 1
  mkdir ../staged/SDK && JKR_DOWNLOADS=$PWD/../staged unused && rmdir ../staged/SDK && is_used || return 1
}
@test "a large staged file that the lock pins is read once" {
  export JKR_STORE=$BATS_TEST_TMPDIR/store # what it makes is in no kept plan, and other tests damage the first that they find
  mkdir big && head -c 3000000 /dev/urandom >big/big.bin
  cat >big/big.lua <<'LUA'
recipe "big" { version = "1", license = "MIT", summary = "a large staged file" }
return fetch { file = "big.bin", get = "ask for it" }
LUA
  sleep 2.1
  "$JKR" run -q big/big.lua && "$JKR" run -q big/big.lua || return 1
  strace -f -e trace=read,openat,openat2 -y -o "$BATS_TEST_TMPDIR/trace" "$JKR" plan big/big.lua >/dev/null
  run grep -c 'read([0-9]*<[^>]*big.bin>' "$BATS_TEST_TMPDIR/trace"
  echo "$output reads"
  [ "$output" = 0 ]
  # with its times, but not its ctime, put back
  cp -p big/big.bin "$BATS_TEST_TMPDIR/old" && printf x | dd of=big/big.bin conv=notrunc status=none && touch -r "$BATS_TEST_TMPDIR/old" big/big.bin
  run "$JKR" plan big/big.lua
  rm -r big
  [ "$status" != 0 ]
  [[ $output == *"is not the file that jkr.lock pins"* ]]
}

@test "pins" {
  cp jkr.lock ../lock && sed -i 's/sha256:./sha256:0/' jkr.lock || return 1
  unused "is not the file that jkr.lock pins" && rm jkr.lock && unused && cp ../lock jkr.lock && is_used || return 1
}

@test "a kept plan that is damaged, of another build or of another name is none" {
  file=$(kept_file)
  for change in 'b[len(b) // 2] ^= 1' 'del b[-1]' 'del b[:]' 'b[3000:] = bytes(len(b) - 3000)'; do
    python3 -c "b = bytearray(open('$file', 'rb').read()); $change; open('$file', 'wb').write(b)"
    unused "nothing to do" && cp ../marked "$file" && is_used || return 1
  done
  for at in 56 88 120; do # of the head: build, name, lock
    python3 ../mark.py "$file" "$at" && unused "nothing to do" && cp ../marked "$file" && is_used || return 1
  done
  python3 ../mark.py "$file" 168 && unused "nothing to do" || return 1 # the boot, in the proof
}

@test "a store that cannot be written keeps nothing, and a recipe that saw more than texts is not kept" {
  [ "$(kept_file | wc -l)" = 1 ]
  jkr run guess.lua -q
  [ "$(kept_file | wc -l)" = 1 ]
  rm -r "$JKR_STORE/seen" && touch "$JKR_STORE/seen" || return 1
  jkr plan kept.lua
  rm "$JKR_STORE/seen"
  sleep 2.1 && keep || return 1
}

# Last: what is changed in the store stays changed, so that each of these keeps the plan anew.
@test "records, stacks, lists, layers, texts of results, and a gc in between" {
  # shellcheck disable=SC2016 # evaluated with each file
  damage=('printf x | dd of="$f" bs=1 conv=notrunc status=none' 'rm "$f"' 'cp -p "$f" "$f.new" && mv "$f.new" "$f"')
  for kind in results trees 'layers *.list'; do
    read -r folder name <<<"$kind"
    f=$(find "$JKR_STORE/$folder" -mindepth 2 -maxdepth 2 -type f -name "${name:-*}" | sort | head -n 1)
    eval "${damage[$((i++ % 3))]}" && unused || return 1
    jkr run kept.lua -q && sleep 2.1 && keep && is_used || return 1
  done
  f=$(find "$JKR_STORE/layers" -mindepth 2 -maxdepth 2 -type d | sort | head -n 1)
  touch "$f" && unused && jkr run kept.lua -q && sleep 2.1 && keep && is_used || return 1
  f=$(find "$JKR_STORE/layers" -name text.txt)
  chmod u+w "$f" && echo wrong >"$f" && unused && jkr run kept.lua -q && sleep 2.1 && keep && is_used || return 1
  for f in "$JKR_STORE"/results/*/*; do touch -d '2 days ago' "$f"; done
  jkr run kept.lua -q && [ -n "$(find "$JKR_STORE/results" -type f -mmin -5)" ] || return 1 # the use is noted as ever
  sleep 2.1 && keep && is_used && jkr cache gc -q --max-size 1 && unused "to run" || return 1
}
