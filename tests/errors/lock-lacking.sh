# run: lock lock-lacking.lua --locked
# exit: 5
mkdir toolchains && printf 'name: t\nimage: { suite: bookworm }\n' >toolchains/t.yaml
printf 'local t = toolchain "t"\nreturn write { path = "a", text = t.name }\n' >lock-lacking.lua
cat >jkr.lock <<LOCK
{
  "version": 1,
  "inputs": {
    "image:bookworm": {"pin": "amd64 bytes:1 base-files=12"}
  }
}
LOCK
