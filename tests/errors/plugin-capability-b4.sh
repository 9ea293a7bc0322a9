mkdir -p plugins/camera
printf '%s\n' 'name: camera' 'capabilities:' '  primitives: [fetch, patch]' '  network: ["https://example.org/all/", "b4:20240101120000.1-1-ann@example.org"]' >plugins/camera/plugin.yaml
cat >plugins/camera/plugin.lua <<'LUA'
local mine = fetch { b4 = "20240101120000.1-1-ann@example.org" }
local theirs = fetch { b4 = "20240101120000.1-1-ann@example.com", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
local there = fetch { b4 = "https://example.org/all/20240101120000.1-1-ann@example.org/" }
local elsewhere = fetch { b4 = "https://example.com/all/20240101120000.1-1-ann@example.org/" }
return { post_build = { patch { mine / "series.mbx", theirs / "series.mbx", there / "series.mbx", elsewhere / "series.mbx" } } }
LUA
