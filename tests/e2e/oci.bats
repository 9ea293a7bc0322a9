#!/usr/bin/env bats
# Recipes and results in an OCI registry: Debian's docker-registry on loopback, behind a gate that can go wrong, and
# skopeo as a witness.

load helper
load git
load oci

@test "a folder goes to a registry and back, equal to the byte; skopeo sees the same artifact" {
  registry
  part
  mkdir part/empty
  run jkr push part "oci://$registry/team/camera:v1"
  echo "$output"
  [ "$status" = 0 ]
  [[ ${lines[0]} =~ ^oci://$registry/team/camera@sha256:[0-9a-f]{64}$ ]]
  [[ ${lines[1]} == *'2 of 2 blobs sent' ]]
  digest=${lines[0]#*@}
  # again, from another store, at another time, from a copy: the same, and nothing is sent
  cp -r part copy
  touch copy/top.txt
  grep -c '^PUT' gate.log >before
  JKR_STORE=$work/second run jkr push copy "oci://$registry/team/camera:v1"
  [ "${lines[0]#*@}" = "$digest" ]
  [[ $output == *'0 of 2 blobs sent'* ]]
  [ "$(grep -c '^PUT' gate.log)" = "$(cat before)" ]
  # by tag and by digest
  jkr pull "oci://$registry/team/camera:v1" by-tag | grep -q "$digest"
  jkr pull "oci://$registry/team/camera@$digest" -q
  diff -r part by-tag
  diff -r part camera
  [ -x camera/tool.sh ]
  [ "$(readlink camera/link)" = top.txt ]
  [ -d camera/empty ]
  run jkr pull "oci://$registry/team/camera:v1" by-tag
  [ "$status" = 1 ]
  [[ $output == *'is there already'* ]]
  # the witness: the manifest by tag, the blobs by copy, and what was copied back is what jkr takes
  skopeo inspect --raw --tls-verify=false "docker://$direct/team/camera:v1" >raw
  [ "sha256:$(sha256sum <raw | cut -d' ' -f1)" = "$digest" ]
  [ "$(json 'd["artifactType"], d["config"]["mediaType"]' <raw)" = "('application/vnd.jkr.bundle.v1', 'application/vnd.jkr.bundle.config.v1+json')" ]
  [ "$(json 'd["annotations"]' <raw)" = "{'org.opencontainers.image.created': '1970-01-01T00:00:00Z'}" ]
  skopeo copy -q --src-tls-verify=false "docker://$direct/team/camera:v1" oci:layout:v1
  (cd layout/blobs/sha256 && for f in *; do [ "$(sha256sum <"$f" | cut -d' ' -f1)" = "$f" ]; done)
  skopeo copy -q --dest-tls-verify=false oci:layout:v1 "docker://$direct/else/moved:v2"
  jkr pull "oci://$registry/else/moved@$digest" moved -q
  diff -r part moved
  layer=$(json 'd["layers"][0]["digest"][7:]' <raw)
  mkdir by-tar
  tar --zstd -xf "layout/blobs/sha256/$layer" -C by-tar
  diff -r part by-tar
  # what a run built
  echo 'return bundle "b" { write "w" { path = "a", text = "b" } }' >b.lua
  jkr run b.lua -q -o out
  push out results/b:1
  jkr pull "oci://$registry/results/b:1" -q
  diff -r out b
}

@test "a recipe comes from a registry: pinned by digest and content, found again without it, and updated" {
  registry
  part
  push part team/camera:v1
  first=$digest
  take team/camera:v1
  jkr plan r.lua
  [ ! -e jkr.lock ]
  jkr run r.lua -q -o out
  [ "$(cd out && echo *)" = "data.txt top.txt" ]
  [[ $(pin '/team/camera#v1') == "$first tree:"*' primitive:copy primitive:write network:oci://'*' path:/' ]]
  # the tag moves, and the registry is gone: nothing changes here
  echo moved >part/recipes/camera/data.txt
  push part team/camera:v1
  second=$digest
  [ "$first" != "$second" ]
  fault '.* . status 503'
  rm -rf "$JKR_STORE/seen"
  jkr run r.lua --offline --locked -q -o out
  [ "$(cat out/data.txt)" = data ]
  # what was changed in the store is made anew of the blobs that are here; of none of them it is fetched by its digest
  chmod -R u+w "$JKR_STORE/imports"
  find "$JKR_STORE/imports" -name data.txt -exec sh -c 'echo evil >"$1"' sh {} \;
  rm -rf "$JKR_STORE/seen" out
  jkr run r.lua --offline --locked -q -o out
  [ "$(cat out/data.txt)" = data ]
  rm -rf "$JKR_STORE"/{imports,seen}
  find "$JKR_STORE/mirrors" -type f -path '*blobs*' -exec sh -c 'echo evil >>"$1"' sh {} \;
  run jkr run r.lua --offline
  [ "$status" = 5 ]
  fault
  jkr run r.lua --locked -q -o out
  [ "$(cat out/data.txt)" = data ]
  # another machine
  JKR_STORE=$work/another jkr run r.lua --locked -q -o out
  [ "$(cat out/data.txt)" = data ]
  # an update shows what comes in, also what it may do
  sed -i 's/\[copy, write\]/[copy]/' part/jkr.yaml
  echo new >part/new.txt
  rm part/tool.sh
  push part team/camera:v1
  run jkr update r.lua camera
  echo "$output"
  for line in "  was $first" "  now $digest" '  may no longer: primitive:write' '  changed jkr.yaml' '  new     new.txt' '  without tool.sh'; do
    grep -qxF -- "$line" <<<"$output"
  done
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = moved ]
  # by digest and path, without a tag; a second update has nothing to show
  take "team/camera@$first//recipes/camera.lua"
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = data ]
  [[ $(pin "@$first") == "$first tree:"* ]]
  take team/camera:none n.lua
  run jkr run n.lua
  [ "$status" = 7 ]
  [[ $output == *E0931*'has no tag `none`'* ]]
}

@test "imports of imports, capabilities and what is of this machine hold as they do for git" {
  registry
  part
  push part team/camera:v1
  mkdir mid
  echo "return bundle { use \"oci://$registry/team/camera:v1\" { }, write { path = \"mid\", text = \"mid\" } }" >mid/mid.lua
  cp part/jkr.yaml mid
  push mid team/mid:v1
  take team/mid:v1
  jkr run r.lua -q -o out
  [ "$(cd out && echo *)" = "data.txt mid top.txt" ]
  [[ $(pin '/team/camera#v1') == sha256:* ]]
  # neither stated: the registry's other names, a primitive
  sed -i 's,/team/",/others/",' mid/jkr.yaml
  push mid team/mid:v2
  take team/mid:v2
  run jkr run r.lua
  echo "$output"
  [ "$status" = 2 ]
  [[ $output == *E0021*"uses a recipe of \`oci://$registry/team/camera\`"* ]]
  rm mid/jkr.yaml
  echo 'return write "w" { path = "a", text = "b" }' >mid/mid.lua
  push mid team/mid:v3
  take team/mid:v3
  run jkr run r.lua
  [ "$status" = 2 ]
  [[ $output == *E0021*'uses the primitive `write`'*'its jkr.yaml'* ]]
  upstream 0
  echo 'return write "w" { path = "a", text = "b" }' >srv/up/x.lua
  commit x
  echo "return use \"git+file://$PWD/srv/up//x.lua\" { }" >mid/mid.lua
  push mid team/mid:v4
  take team/mid:v4
  run jkr run r.lua
  [ "$status" = 2 ]
  [[ $output == *'is of this machine'* ]]
  # the files of a recipe, and nothing else of its project
  mkdir -p proj/recipes
  echo 'return copy { "a.txt" }' >proj/recipes/own.lua
  touch proj/jkr.yaml
  echo a >proj/recipes/a.txt
  echo s >proj/secret
  push proj/recipes/own.lua team/own:1
  jkr pull "oci://$registry/team/own:1" -q
  [ "$(cd own && find . -type f | sort | xargs)" = "./jkr.yaml ./recipes/a.txt ./recipes/own.lua" ]
}

@test "what is signed is what a commit signs, and trusted_keys are asked before a layer is fetched" {
  registry
  part
  minisign -G -W -f -p mini.pub -s mini.key >/dev/null
  chmod 600 mini.key
  ssh-keygen -q -t ed25519 -N '' -C someone -f ssh.key
  ssh-keygen -q -t ed25519 -N '' -C else -f other.key
  printf 'trusted_keys:\n  - %s\n  - %s\n' "$(tail -n1 mini.pub)" "$(cat ssh.key.pub)" >jkr.yaml
  take team/camera:v1
  no_layer() { no grep -q "GET.*$(skopeo inspect --raw --tls-verify=false "docker://$direct/team/camera:v1" | json 'd["layers"][0]["digest"]')" gate.log; }
  push part team/camera:v1
  run jkr run r.lua
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *E0922*'artifact '*'is not signed, and `trusted_keys` are set'*'gives `jkr push` a key'* ]]
  no_layer
  run jkr pull "oci://$registry/team/camera:v1" stolen
  [ "$status" = 3 ]
  [ ! -e stolen ]
  push part team/camera:v1 other.key
  run jkr run r.lua
  [ "$status" = 3 ]
  [[ $output == *'not by a key that is trusted'* ]]
  no_layer
  for key in mini.key ssh.key; do
    rm -rf out jkr.lock
    push part team/camera:v1 "$key"
    jkr run r.lua -q -o out
    [ "$(cat out/data.txt)" = data ]
  done
  # pulled it has its signature with it, and pushed again it is the same artifact
  signed=$digest
  jkr pull "oci://$registry/team/camera:v1" back -q
  ssh-keygen -Y check-novalidate -n jkr -s back/jkr.content.sig <back/jkr.content
  push back team/again:1
  [ "$digest" = "$signed" ]
  # a repository of git as its HEAD is, and signed by jkr sign as well
  export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
  git init -q -b main part
  git -C part add -A
  git -C part commit -qm one
  jkr sign part ssh.key -q
  git -C part add -A
  git -C part commit -qm signed
  echo dirty >part/top.txt
  push part team/camera:v2 2>said
  grep -q 'changes that are not committed' said
  skopeo inspect --raw --tls-verify=false "docker://$direct/team/camera:v2" | grep -q "image.revision\":\"$(git -C part rev-parse HEAD)"
  take team/camera:v2
  jkr run r.lua -q -o out
  [ "$(cat out/top.txt)" = top ]
  # something was changed behind it
  rm -rf part/.git
  run jkr push part "oci://$registry/team/camera:v3"
  [ "$status" = 2 ]
  [[ $output == *E0932*'does not hold what its jkr.content says'* ]]
  # a signature of something else, with the layers of this: refused, and nothing is left
  tree=$(sed -n 's/^tree://p' back/jkr.content)
  manifest="c['sshsig'] = open('back/jkr.content.sig').read()" craft team/camera "$tree" file:recipes/camera.lua
  take team/camera:1
  run jkr run r.lua -o stolen
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *E0930*'do not hold what its config says'* ]]
  [ ! -e stolen ]
}

@test "an export takes artifacts along as their blobs, and builds without the registry" {
  registry
  part
  push part team/camera:v1
  mkdir proj
  echo 'name: proj' >proj/jkr.yaml
  take team/camera:v1 proj/r.lua
  jkr -C proj export r.lua --sources -q
  end_servers
  export JKR_STORE=$work/empty
  jkr import proj/r-sources.tar.zst there -q
  [ "$(find there/downloads/by-hash/sha256 -type f | wc -l)" = 3 ]
  jkr -C there run r.lua --offline --locked -q -o out
  [ "$(cat there/out/data.txt)" = data ]
  # what lies there under the name of another hash does not count
  chmod -R u+w there "$work/empty"
  for file in there/downloads/by-hash/sha256/*; do echo evil >>"$file"; done
  rm -rf "$work/empty"
  run jkr -C there run r.lua --offline --locked
  [ "$status" = 5 ]
  [[ $output == *E0913* ]]
}

@test "by https: a registry whose certificate this machine trusts, and no other" {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem 2>/dev/null
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat >tls.yml <<YML
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $PWD/registry}}
http: {addr: 127.0.0.1:$port, tls: {certificate: $PWD/cert.pem, key: $PWD/key.pem}}
YML
  REGISTRY_HTTP_SECRET=x docker-registry serve tls.yml >registry.log 2>&1 3>&- &
  pids+=($!)
  until_true bash -c 'echo >"/dev/tcp/127.0.0.1/$1"' bash "$port"
  mkdir part && echo data >part/data.txt
  run jkr push part "oci+https://localhost:$port/team/part:v1"
  [ "$status" = 7 ]
  [[ $output == *certificate* ]]
  cat /etc/ssl/certs/ca-certificates.crt cert.pem >trusted.pem
  trusting() { bwrap --dev-bind / / --ro-bind trusted.pem /etc/ssl/certs/ca-certificates.crt "$@"; }
  trusting "$JKR" push part "oci+https://localhost:$port/team/part:v1"
  trusting "$JKR" pull "oci+https://localhost:$port/team/part:v1" back
  diff -r part back
  # nor one for another name, though it is trusted
  run trusting "$JKR" pull "oci+https://127.0.0.1:$port/team/part:v1" other
  [ "$status" = 7 ]
  [[ $output == *certificate* ]]
  [ ! -e other ]
}
