-- manifest: what a board was built from, in the build itself.

-- For any POSIX shell, without jq: the file has one field on a line, and those of the top level two blanks before them.
local reader = [=[
#!/bin/sh
# jetson-av-version: says which build this machine runs.
#
# usage: jetson-av-version [--json]      JETSON_AV_BUILD names another file
set -eu
file=${JETSON_AV_BUILD:-/etc/jetson-av-build.json}
case ${1:-} in
--json) exec cat "$file" ;;
"") ;;
*)
  echo "usage: jetson-av-version [--json]" >&2
  exit 2
  ;;
esac
[ -r "$file" ] || {
  echo "jetson-av-version: cannot read $file" >&2
  exit 1
}
field() { sed -n "s/^[[:space:]]\{1,2\}\"$1\":[[:space:]]*//p" "$file" | sed 's/,$//; s/^"//; s/"$//; q'; }
for name in recipe version build_time_iso8601 kernel_release expected_vermagic toolchain_gcc git_head; do
  value=$(field "$name")
  [ -z "$value" ] || [ "$value" = null ] || printf '%-19s %s\n' "$name" "$value"
done
running=$(uname -r)
built=$(field kernel_release)
if [ -n "$built" ] && [ "$built" != null ] && [ "$built" != "$running" ]; then
  echo "jetson-av-version: the kernel that runs is $running" >&2
  exit 3
fi
]=]

define "manifest" {
  doc = "What a build is made of, as BUILD_MANIFEST.json: inputs, patches, options, toolchain, kernel, skipped inputs, and each file "
    .. "that is delivered, all with their hashes. It also gives the tree that a root file system takes: the same file as "
    .. "/etc/jetson-av-build.json, and /usr/local/bin/jetson-av-version, which reads it there.",
  params = {
    outputs = { "source", operand = true, list = true, glob = true, required = true, doc = "What is delivered." },
    from = { "source", list = true, doc = "What goes in as it came: what it was made of counts, its files are not listed." },
    kernel = { "step", doc = "The kernel, from `kernel`." },
    defconfig = { "source", doc = "The configuration that was asked for; what the kernel was configured with unless told." },
    headers = { "source", doc = "The package with the kernel's headers, or the folder that holds it." },
    fields = { "map", doc = "More fields, such as a board's name or the commit of a project; they replace those of the same name." },
    exclude = { "string", list = true, doc = "Patterns of what is not listed." },
  },
  outputs = {
    target = "etc/jetson-av-build.json and usr/local/bin/jetson-av-version, for a root file system",
  },
  example = [[
local made = manifest "made" { linux.Image, linux.modules, kernel = linux, fields = { board = "virt" } }
local root = copy "root" { base, made.target }]],
  build = function(p)
    local k, gcc = p.kernel, nil
    if k then
      gcc = run_in_container "gcc" {
        (k.variables.CROSS_COMPILE or "") .. "gcc", "--version", toolchain = k.toolchain, capture = "gcc",
      }
    end
    local made = build_manifest "json" {
      p.outputs, from = p.from, exclude = p.exclude, fields = p.fields, headers = p.headers,
      kernel = k and k.devel, defconfig = p.defconfig or k and k.config,
      cross_compile = k and k.variables.CROSS_COMPILE, toolchain_gcc = gcc and text(gcc / "gcc"),
    }
    local there = copy "etc" { made / "BUILD_MANIFEST.json", into = "etc", as = "jetson-av-build.json" }
    local target = write "reader" {
      on = there, path = "usr/local/bin/jetson-av-version", mode = "0755", text = reader,
    }
    return { made, target = target }
  end,
}
