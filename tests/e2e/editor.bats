#!/usr/bin/env bats
# What editors, linters and shells know of the language: it is printed from the tables, what is committed is what is
# printed, and the tools themselves take it.

load helper

top=${BATS_TEST_DIRNAME%/*/*}

@test "what lies in types/ is what the tables say" {
  cd "$top" || return 1
  for file in types/jkr.d.lua .luarc.json .luacheckrc types/{config,matrix,pins,plugin,profile,toolchain}.schema.json; do
    jkr doc "${file##*/}" | diff -u "$file" - || return 1
  done
  # in another folder the annotations are where jkr is
  cd "$work" && jkr doc .luarc.json | json 'd["workspace.library"][0]' >where
  [ -e "$(cat where)/jkr.d.lua" ]
}

# undeclared FILE: types of the annotations that nothing declares
undeclared() {
  python3 - "$1" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
declared = set(re.findall(r"^---@(?:class|alias) ([\w.]+)", text, re.M))
code = "\n".join(re.sub(r"^(---@field \S+ (?:\S*jkr\S*)?).*", r"\1", line)
                 for line in text.splitlines() if line.startswith("---@") and not line.startswith("---@meta"))
print(*sorted(set(re.findall(r"jkr\.\w+(?:\.params)?", code)) - declared))
PY
}

@test "the annotations are Lua, name every parameter of every primitive and constructor, and declare what they use" {
  cd "$top" || return 1
  luacheck -q --no-config --only 0 -- types/jkr.d.lua
  jkr doc | sed -nE "/^Words/q; s/^  ([a-z_]+) .*/\1/p" >"$work/verbs"
  [ "$(wc -l <"$work/verbs")" -gt 30 ]
  while read -r verb; do
    sed -n "/^---@class jkr\\.$verb\\.params/,/^function $verb/p" types/jkr.d.lua >"$work/part"
    grep -q "^function $verb(name) end" "$work/part"
    jkr doc "$verb" | sed -n '/^Parameters$/,/^$/p' | sed -nE 's/^  ([a-z_0-9]+): .*/\1/p' >"$work/params"
    while read -r p; do
      grep -qE "^---@field $p\\?? " "$work/part" || { echo "$verb: $p"; return 1; }
    done <"$work/params"
  done <"$work/verbs"
  [ -z "$(undeclared types/jkr.d.lua)" ]
  sed 's/^---@class jkr.Tri/---@class jkr.Other/' types/jkr.d.lua >"$work/wrong.lua"
  [ "$(undeclared "$work/wrong.lua")" = jkr.Tri ]
}

@test "luacheck passes on every recipe, constructor and plugin, and sees a misspelt name" {
  cd "$top" || return 1
  mapfile -t all < <(git ls-files '*.lua' ':!tests/errors' ':!types' 2>/dev/null || find . -name '*.lua' ! -path './tests/*' ! -path './types/*')
  [ ${#all[@]} -gt 30 ]
  luacheck -q "${all[@]}"
  # names of the language are all there
  grep -v '\.' tests/golden/names.txt | sed 's/.*/local _ = &/' >"$work/names.lua"
  sed -n 's/.*\..*/local _ = &/p' tests/golden/names.txt >>"$work/names.lua"
  luacheck -q --no-unused --no-redefined --config .luacheckrc "$work/names.lua"
  echo 'local a = kernl "linux" { } print(a)' >"$work/wrong.lua"
  run luacheck --config .luacheckrc "$work/wrong.lua"
  [ "$status" -ne 0 ]
  [[ $output == *kernl* && $output == *print* ]]
}

@test "every YAML file of the repository fits its schema, and what jkr refuses does not" {
  cd "$top" || return 1
  mapfile -t all < <(git ls-files '*.yaml' 2>/dev/null || find . -name '*.yaml' ! -path './build/*')
  [ ${#all[@]} -ge 20 ]
  run python3 tests/e2e/schemas.py types "${all[@]}"
  echo "$output"
  [ "${lines[-1]}" = "${#all[@]} fit" ]
  [ ${#lines[@]} = 1 ]

  # broken ones: the path, then the text; jkr refuses each as well
  cd "$work/project" && mkdir -p toolchains profiles plugins/p
  echo 'return { post_build = { } }' >plugins/p/plugin.lua
  # shellcheck disable=SC2016
  echo 'local t = toolchain "t" local p = plugin "p" local o = option.bool { "o", true }
        return run_in_container "x" { toolchain = t, argv = { "true" }, capture = "a" }' >r.lua
  good() {
    printf 'name: t\nimage: { suite: bookworm, packages: [gcc], strip: 0 }\n' >toolchains/t.yaml
    printf 'name: p\nversion: 1\n' >plugins/p/plugin.yaml
    printf 'options: { o: false }\n' >profiles/f.yaml
    printf 'name: x\njobs: 2\nprogress: plain\n' >jkr.yaml
    printf 'a: { b: ~, c: [1] }\n' >pins.yaml
    printf 'boards: { a: r.lua, b: { recipe: r.lua, options: { o: true } } }\nwithout: [ { board: a } ]\n' >matrix.yaml
  }
  files=(jkr.yaml pins.yaml matrix.yaml toolchains/t.yaml plugins/p/plugin.yaml profiles/f.yaml)
  good
  jkr check r.lua --profile f
  jkr check --matrix matrix.yaml --profile f
  [ "$(python3 "$top/tests/e2e/schemas.py" "$top/types" "${files[@]}")" = "6 fit" ]
  while IFS='|' read -r file text; do
    good
    # shellcheck disable=SC2059
    printf "$text" >"$file"
    case $file in
      matrix.yaml) run jkr check --matrix matrix.yaml --profile f ;;
      *) run jkr check r.lua --profile f ;;
    esac
    echo "$file $text: $output"
    [ "$status" = 2 ]
    run python3 "$top/tests/e2e/schemas.py" "$top/types" "${files[@]}"
    echo "$output"
    [ "${lines[-1]}" = "5 fit" ]
  done <<'BROKEN'
jkr.yaml|jobs: many\n
jkr.yaml|progress: loud\n
jkr.yaml|job: 2\n
jkr.yaml|backend: [a]\n
toolchains/t.yaml|name: t\n
toolchains/t.yaml|nam: t\nimage: { suite: bookworm }\n
toolchains/t.yaml|name: [t]\nimage: { suite: bookworm }\n
toolchains/t.yaml|image: { }\n
toolchains/t.yaml|image: { suite: 12 }\n
toolchains/t.yaml|image: { suite: bookworm, variant: tiny }\n
toolchains/t.yaml|image: { suite: bookworm, package: [gcc] }\n
toolchains/t.yaml|image: { url: "https://a/b", sha256: 12ab }\n
toolchains/t.yaml|image: { suite: bookworm, strip: 65 }\n
toolchains/t.yaml|image: { suite: bookworm, into: /opt }\n
toolchains/t.yaml|image: { suite: bookworm }\nflags: { A: { b: c } }\n
toolchains/t.yaml|image: { suite: bookworm }\nenv: [A]\n
plugins/p/plugin.yaml|nam: p\n
plugins/p/plugin.yaml|name: p\nversion: [1]\n
profiles/f.yaml|option: { o: false }\n
profiles/f.yaml|options: [o]\n
profiles/f.yaml|options: { o: [1] }\n
profiles/f.yaml|fragments: { a.config: 5 }\n
profiles/f.yaml|summary: { a: b }\n
profiles/f.yaml|pins: none\n
matrix.yaml|options: { o: [true] }\n
matrix.yaml|boards: [r.lua]\n
matrix.yaml|boards: { a: [r.lua] }\n
matrix.yaml|boards: { a: { recipes: r.lua } }\n
matrix.yaml|boards: { a: { options: { o: true } } }\n
matrix.yaml|boards: { a: { recipe: r.lua, options: { o: [true] } } }\n
matrix.yaml|boards: { a: { recipe: r.lua, plugins: p } }\n
matrix.yaml|boards: { a: r.lua }\noptions: { o: true }\n
matrix.yaml|boards: { a: r.lua }\noptions: { o: [] }\n
matrix.yaml|boards: { a: r.lua }\nwithout: { board: a }\n
matrix.yaml|boards: { a: r.lua }\nwithout: [a]\n
BROKEN
}

# -- completions ------------------------------------------------------------------------------------------------------

# shop: a project with a recipe that has steps and options
shop() {
  make_tiny
  mkdir -p recipes profiles
  echo 'options: { }' >profiles/quick.yaml
  cat >recipes/shop-board.lua <<'LUA'
local rt = option.bool { "rtmode", true, "PREEMPT_RT instead of PREEMPT" }
local cam = option.choice { "camera", { "duo", "mono" }, "which camera" }
local a = write "alpha" { path = "a", text = rt and cam or "n" }
return copy "bundled" { a }
LUA
  touch jkr.yaml
  mkdir "$work/bin" && ln -s "$JKR" "$work/bin/jkr"
  PATH=$work/bin:$PATH
}

words() { jkr completions words -- "$@" | cut -f1; }

@test "the words that may stand on the line: commands, options, recipes, steps, options of the recipe" {
  shop
  words '' >all
  for command in run plan doc ls completions; do grep -qx "$command" all; done
  [ "$(words pl)" = plan ]
  [ "$(words run --keep)" = --keep-going ]
  [ "$(words run --progress=t)" = --progress=tty ]
  [ "$(words run --progress '' | tr '\n' ' ')" = "auto tty plain json quiet " ]
  words run shop >found
  grep -qx shop-board.lua found
  grep -qx :files found
  [ "$(words run shop-board.lua '' | tr '\n' ' ')" = "alpha bundled " ]
  [ "$(words run shop-board.lua al)" = alpha ]
  [ "$(words run shop-board.lua alpha b)" = bundled ]
  [ "$(words run shop-board.lua -D '' | tr '\n' ' ')" = "rtmode= camera= " ]
  [ "$(words run shop-board.lua -D rtmode= | tr '\n' ' ')" = "rtmode=true rtmode=false " ]
  [ "$(words run shop-board.lua --define=cam)" = --define=camera= ]
  [ "$(words run shop-board.lua --with al)" = alpha= ]
  [ "$(words run shop-board.lua --profile q)" = quick ]
  [ "$(words ls '' | head -2 | tr '\n' ' ')" = "recipes steps " ]
  words ls steps shop >found
  grep -qx shop-board.lua found
  [ "$(words doc unt)" = untar ]
  [ "$(words doc kernel_h)" = kernel_headers ]
  [ "$(words completions z)" = zsh ]
  [ -z "$(words check shop-board.lua --twice)" ]
  # documentation stands behind a tab; what cannot be loaded offers nothing
  jkr completions words -- run shop-board.lua -D rt | grep -q "$(printf '^rtmode=\tPREEMPT_RT instead')"
  echo 'this is no recipe' >recipes/broken.lua
  [ -z "$(words run broken.lua '')" ]
  run jkr completions tcsh
  [ "$status" = 2 ]
}

@test "no word is offered that a shell would obey, and no control character in what is said of one" {
  shop
  cat >recipes/evil.lua <<'LUA'
local o = option.string { "o", "$(touch${IFS}pwned)", "what \27]0;evil\7 it is" }
local a = write "a;touch${IFS}pwned" { path = "a", text = o }
local b = write "`id`" { path = "b", text = o }
local c = write "größer" { path = "c", text = o }
return { a, b, c }
LUA
  [ "$(words run evil.lua '')" = größer ]
  [ -z "$(words run evil.lua -D o=)" ]
  [ "$(jkr completions words -- run evil.lua -D o)" = "$(printf 'o=\twhat \\x1b]0;evil\\x07 it is')" ]
}

typed() { timeout 100 python3 "$BATS_TEST_DIRNAME/typed.py" "$@"; }

@test "bash completes, typed into a real one" {
  shop
  bash_typed() { typed "bind 'set show-all-if-ambiguous on'; source <(jkr completions bash)" "$@" -- bash --norc --noprofile -i; }
  bash_typed 'jkr compl\t' 'completions'
  bash_typed 'jkr run shop\t' 'shop-board.lua'
  bash_typed 'jkr run shop-board.lua \t' alpha bundled
  bash_typed 'jkr run shop-board.lua -D \t' rtmode= camera=
  bash_typed 'jkr run shop-board.lua -D rtm\tfal\t' 'rtmode=false'
  bash_typed 'jkr run shop-board.lua --progress=js\t' '--progress=json'
  bash_typed 'jkr untar/x fil\t; cat file.ta\t' 'file.tar.xz'
  bash_typed 'jkr run shop-board.lua -o prof\t' 'profiles/'
}

@test "zsh completes, typed into a real one" {
  shop
  zsh_typed() { typed "autoload -Uz compinit; compinit -u -d $work/dump; source <(jkr completions zsh)" "$@" -- zsh -f -i; }
  zsh_typed 'jkr compl\t' 'completions'
  zsh_typed 'jkr run shop\t' 'shop-board.lua'
  zsh_typed 'jkr run shop-board.lua \t' alpha bundled
  zsh_typed 'jkr run shop-board.lua -D \t' rtmode= 'PREEMPT_RT instead'
  zsh_typed 'jkr run shop-board.lua -D rtm\tfal\t' 'rtmode=false'
  zsh_typed 'jkr run shop-board.lua --progress=js\t' '--progress=json'
  # as a file of $fpath
  mkdir fp && jkr completions zsh >fp/_jkr
  typed "fpath=($PWD/fp \$fpath); autoload -Uz compinit; compinit -u -d $work/dump2" 'jkr compl\t' completions -- zsh -f -i
}

@test "fish completes, asked of a real one" {
  shop
  jkr completions fish >jkr.fish
  ask() { HOME=$work timeout 60 fish -N -c "source jkr.fish; complete -C '$1'"; }
  [ "$(ask 'jkr compl' | cut -f1)" = completions ]
  ask 'jkr run shop' | grep -q '^shop-board.lua'
  [ "$(ask 'jkr run shop-board.lua al')" = "$(printf 'alpha\twrite')" ]
  ask 'jkr run shop-board.lua -D ' | grep -q "$(printf '^rtmode=\tPREEMPT_RT')"
  ask 'jkr run shop-board.lua -D rtmode=f' | grep -q 'rtmode=false'
  ask 'jkr run shop-board.lua --progress=js' | grep -q -- '--progress=json'
  ask 'jkr edit shop-board.lua alpha prof' | grep -q '^profiles/'
}
