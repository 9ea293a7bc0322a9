# run: plan lock-toolchain.lua --locked
# exit: 5
mkdir toolchains && printf 'name: t\nimage: { suite: bookworm }\n' >toolchains/t.yaml
printf 'local t = toolchain "t"\nreturn write { path = "a", text = t.name }\n' >lock-toolchain.lua
echo '{"version": 1, "inputs": {"toolchain:t": {"pin": "sha256:00"}}}' >jkr.lock
