# run: export image-unlocked.lua --sources -q --locked
# exit: 5
apt_stub
touch jkr.yaml
echo '{"version": 1, "inputs": {"image:bookworm:gcc": {"pin": "amd64 bytes:10 gcc=12.2"}}}' >jkr.lock
