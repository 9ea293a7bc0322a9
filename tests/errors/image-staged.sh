# run: run image-staged.lua -q --offline
# exit: 1
apt_stub
touch jkr.yaml
sum=$(printf 0%.0s $(seq 64))
mkdir -p downloads/by-hash/sha256 && echo rubbish >"downloads/by-hash/sha256/$sum"
printf '{"version": 1, "inputs": {"image:bookworm:gcc": {"pin": "amd64 bytes:10 sha256:%s gcc=12.2"}}}\n' "$sum" >jkr.lock
