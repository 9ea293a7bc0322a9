#!/usr/bin/env bats
# `make install` and what stands beside the program; compile_commands.json.

load helper

repo=$BATS_TEST_DIRNAME/../..

@test "the installed program finds what was installed with it, wherever that is" {
  make -s -C "$repo" install DESTDIR="$work/pkg" PREFIX=/opt/jkr
  for file in bin/jkr share/man/man1/jkr.1 share/man/man5/jkr-recipe.5 share/jkr/stdlib/kernel.lua \
    share/jkr/stdlib/kwhy/kwhy.c share/jkr/stdlib/boot/initramfs.sh share/jkr/toolchains/debian-arm64.yaml \
    share/jkr/recipes/qemu-arm64-rt.lua share/jkr/recipes/qemu-arm64-rt/init.c share/jkr/plugins/greeting/plugin.lua; do
    [ -e "$work/pkg/opt/jkr/$file" ] || { echo "not installed: $file"; return 1; }
  done
  # every file of the shared folders, and nothing of this checkout is used
  for folder in stdlib recipes plugins toolchains; do
    diff -r "$repo/$folder" "$work/pkg/opt/jkr/share/jkr/$folder"
  done
  JKR=$work/pkg/opt/jkr/bin/jkr
  make_tiny
  cp -r "$repo/examples" .
  sed -i 's,return ,local g = plugin "greeting"\nreturn ,' tiny.lua
  jkr run tiny.lua -o out
  cmp out/hello.txt <(echo hi)
  jkr run examples/plugins.lua
  jkr check examples/overlay.lua
  [[ $(jkr doc kernel) == *"$work/pkg/opt/jkr/share/jkr/stdlib/kernel.lua"* ]]
  [[ $(jkr ls recipes) == *qemu-arm64-rt* ]]
}

@test "an installed script keeps that it can be executed" {
  make -s -C "$repo" install DESTDIR="$work/pkg" PREFIX=/opt/jkr
  (cd "$repo" && find stdlib recipes plugins toolchains -type f -perm -100) | while read -r file; do
    [ -x "$work/pkg/opt/jkr/share/jkr/$file" ] || { echo "$file"; return 1; }
  done
}

@test "compile_commands.json is JSON that tools take" {
  make -s -C "$repo" -B compile_commands.json
  json '[c for c in d if not (c["file"].endswith(".c") and c["directory"])]' <"$repo/compile_commands.json" | grep -qx '\[\]'
  # each command compiles its file, as it stands there
  python3 - "$repo/compile_commands.json" <<'PY'
import json, shlex, subprocess, sys
commands = {c["file"]: c for c in json.load(open(sys.argv[1]))}
for name in ("interp/main.c", "interp/cli/man.c", "interp/cli/where.c"):
    c = commands[name]
    subprocess.run(shlex.split(c["command"]) + ["-fsyntax-only"], cwd=c["directory"], check=True)
PY
}
