# oci.bash: a real registry on loopback, a gate in front of it, and artifacts made by hand; loaded behind helper.bash and
# git.bash. What it sets ($registry, $direct, $digest) is for the tests.
# shellcheck disable=SC2016,SC2034,SC2154

# registry [AUTH]: Debian's docker-registry, with a folder of its own; $registry is HOST:PORT of the gate in front of it,
# $direct its own. AUTH is more of its configuration
registry() {
  local back
  back=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat >registry.yml <<YML
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $PWD/registry}, delete: {enabled: true}}
http: {addr: 127.0.0.1:$back}
$*
YML
  export REGISTRY_HTTP_SECRET=x HOME=$work XDG_RUNTIME_DIR=$work/run
  # each REGISTRY_… is a setting of it
  env -u REGISTRY_AUTH_FILE docker-registry serve registry.yml >registry.log 2>&1 3>&- &
  pids+=($!)
  : >faults
  direct=127.0.0.1:$back
  until_true bash -c 'echo >"/dev/tcp/127.0.0.1/$1"' bash "$back"
  gate "$back"
}

# gate PORT [FAULTS LOG]: a gate in front of it, $registry
gate() {
  rm -f gate.port
  python3 "$BATS_TEST_DIRNAME/oci_gate.py" "$1" "${2:-faults}" "${3:-gate.log}" >gate.port 2>gate.err 3>&- &
  pids+=($!)
  until_true test -s gate.port
  registry=127.0.0.1:$(cat gate.port)
}

# fault LINE…: what the gate does from now on; none: it passes on everything
fault() { printf '%s\n' "$@" >faults; }

# push WHAT NAME [KEY]: its digest is $digest
push() {
  local out
  out=$(jkr push "$1" "oci://$registry/$2" ${3:+"$3"})
  echo "$out"
  digest=$(grep -o 'sha256:[0-9a-f]*' <<<"$out" | head -n1)
}

# part: the folder part, which holds a recipe that needs its own files
part() {
  mkdir -p part/recipes/camera
  cat >part/recipes/camera.lua <<'LUA'
recipe "camera" { version = "1", license = "MIT", summary = "of another team" }
return copy "all" { "camera/data.txt", "//top.txt" }
LUA
  echo data >part/recipes/camera/data.txt && echo top >part/top.txt
  printf '#!/bin/sh\n' >part/tool.sh && chmod +x part/tool.sh && ln -s top.txt part/link
  printf '%s\n' 'capabilities:' '  primitives: [copy, write]' '  paths: [/]' "  network: [\"oci://$registry/team/\"]" >part/jkr.yaml
}

# take ADDRESS [FILE]: a recipe that uses what lies there
take() { echo "return bundle \"all\" { use \"oci://$registry/$1\" { } }" >"${2:-r.lua}"; }

pin() { json "[v['pin'] for k, v in d['inputs'].items() if k.startswith('use:') and k.endswith('''$1''')][0]" <jkr.lock; }

# craft NAME TREE MEMBER… : an artifact made by hand, NAME:1, of a tar with these members (as tar_of has them), whose
# config says that hash; `manifest` may hold a program that changes the manifest `m` and the config `c`
craft() {
  python3 - "$direct" "$@" "${manifest:-}" <<'PY'
import gzip, hashlib, io, json, sys, tarfile, urllib.request
host, name, tree, members, change = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:-1], sys.argv[-1]
kinds = {"file": tarfile.REGTYPE, "link": tarfile.LNKTYPE, "symlink": tarfile.SYMTYPE, "device": tarfile.BLKTYPE}
def send(method, url, data=None, kind="application/octet-stream"):
    rq = urllib.request.Request(url, data, {"Content-Type": kind}, method=method)
    return urllib.request.urlopen(rq).headers
def blob(kind, data):
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    at = send("POST", f"http://{host}/v2/{name}/blobs/uploads/", b"")["Location"]
    send("PUT", at + "&digest=" + digest, data)
    return {"mediaType": kind, "digest": digest, "size": len(data)}
raw = io.BytesIO()
with tarfile.open(fileobj=raw, mode="w") as tar:
    for member in members:
        kind, path = member.split(":", 1)
        path, _, target = path.partition("=")
        info = tarfile.TarInfo(path)
        info.type, info.linkname, info.devmajor = kinds[kind], target, 8
        tar.addfile(info)
c = {"tree": tree}
m = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": [
    blob("application/vnd.oci.image.layer.v1.tar+gzip", gzip.compress(raw.getvalue(), mtime=0))]}
conf = "application/vnd.jkr.bundle.config.v1+json"
exec(change)
m["config"] = m.get("config") or blob(conf, json.dumps(c).encode())
send("PUT", f"http://{host}/v2/{name}/manifests/1", json.dumps(m).encode(), m["mediaType"])
PY
}
