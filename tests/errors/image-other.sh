# run: run image-other.lua -q
# exit: 1
apt_stub
touch jkr.yaml
mkdir -p var/lib/dpkg
printf 'Package: gcc\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.2\n\n' >var/lib/dpkg/status
tar -cf image.tar ./var
mmdebstrap_stub "cat $PWD/image.tar"
printf '{"version": 1, "inputs": {"image:bookworm:gcc": {"pin": "amd64 bytes:10 sha256:%s gcc=12.2"}}}\n' "$(printf 0%.0s $(seq 64))" >jkr.lock
