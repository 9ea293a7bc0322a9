#!/usr/bin/env bats
# jkr ls builds: what the store holds of a recipe, of now and of before.

load helper

@test "ls builds: newest first, of the last run, with size, time and a kernel's release" {
  recipe() { printf 'recipe "b" { version = "1" }\nlocal a = write "a" { path = "release", text = "%s\\n" }\nreturn { a, write "m" { path = "lib/modules/6.1-x/x.ko", text = "12345" } }\n' "$1" >b.lua; }
  recipe 6.12.1-old
  [ "$(jkr ls builds b.lua)" = "b: the store holds no result of it" ]
  [ ! -e "$JKR_STORE" ]
  jkr run b.lua -q
  recipe 6.12.2-new
  jkr run b.lua -q
  jkr ls builds b.lua --format json >list
  [ "$(json '[(x["step"], x["release"], x["size"], x["last"]) for x in d["builds"] if x["step"] == "m"]' <list)" = "[('m', '6.1-x', 5, True)]" ]
  [ "$(json 'sorted((x["release"], x["last"]) for x in d["builds"] if x["step"] == "a")' <list)" = "[('6.12.1-old', False), ('6.12.2-new', True)]" ]
  [ "$(json 'max(abs(x["when"] - __import__("time").time()) for x in d["builds"]) < 600' <list)" = True ]
  jkr ls builds b.lua a | tee table
  [ "$(wc -l <table)" = 3 ]
  [ "$(grep -c 'of the last run' table)" = 1 ]
  key=$(jkr plan b.lua --format json | json '[s["key"] for s in d["steps"] if s["name"] == "a"][0]')
  grep -q "${key:0:12}.*of the last run" table
  # a damaged record is none, and a step that is not there is a mistake
  echo x >"$JKR_STORE/results/${key:0:2}/$key"
  [ "$(jkr ls builds b.lua a | wc -l)" = 2 ]
  run jkr ls builds b.lua nothing
  [ "$status" = 2 ]
}
