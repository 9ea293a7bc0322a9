#!/usr/bin/env bats
# What a registry, or who stands before it, may do: bodies cut short, wrong bytes, lies, redirects, logins, hostile layers.

load helper
load git
load oci

# refused STATUS TEXT: a run of r.lua in a new store ends so, and leaves nothing that counts
refused() {
  rm -rf "$work/fresh"
  JKR_STORE=$work/fresh run jkr run r.lua -o stolen -q
  echo "$output"
  [ "$status" = "$1" ]
  [[ $output == *"$2"* ]] || return 1
  [ ! -e stolen ]
  [ -z "$(ls "$work/fresh/imports" 2>/dev/null)" ]
}

@test "what breaks off is gone on with, what is wrong is never taken, and another host gets no login" {
  registry
  part
  head -c 300000 /dev/urandom >part/big
  push part team/camera:v1
  take team/camera:v1
  layer=$(skopeo inspect --raw --tls-verify=false "docker://$direct/team/camera:v1" | json 'd["layers"][0]["digest"]')
  fault "GET blobs/$layer cut 100000"
  refused 7 E0904
  # what came is not asked for again
  fault
  JKR_STORE=$work/fresh jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = data ]
  fault "GET blobs/$layer wrong"
  refused 1 'E0905'
  fault "GET blobs/$layer more"
  refused 1 'is larger than the'
  fault "GET blobs/ wrong"
  refused 1 'E0905'
  fault "GET manifests/sha256 wrong"
  refused 1 'is not what was asked for'
  fault 'GET blobs status 500'
  refused 7 '500'
  fault 'GET manifests drop'
  refused 7 E0904
  fault 'GET manifests status 403'
  refused 7 'it answered 403 (DENIED)'
  fault 'HEAD blobs status 404'
  refused 7 'which the manifest of'
  fault 'GET manifests huge 3000000'
  refused 1 'is larger than the 1.0 MB that are allowed'
  # a file of this machine is no redirect; another server is, and what comes from it is proved
  fault 'GET blobs redirect file://'
  refused 7 'redirected to where jkr does not follow'
  fault 'GET blobs status 404'
  refused 7 404
  # a server that is gone
  end_servers
  refused 7 E0904
}

@test "a manifest that lies, and what is no artifact of jkr" {
  registry
  is() { # TEXT CHANGE
    manifest=$2 craft team/x "$(printf %064d 0)" file:x.lua
    take team/x:1
    refused 1 "$1"
  }
  is 'do not hold what its config says' ''
  is 'which has others' "m['layers'][0]['size'] += 1"
  is 'is larger than the' "m['layers'][0]['size'] -= 1"
  is 'no tar' "m['layers'][0]['mediaType'] = 'text/plain'"
  is 'has no layers' "m['layers'] = []"
  is 'more than 64 layers' "m['layers'] *= 65"
  is 'of another kind' "conf = 'application/vnd.oci.image.config.v1+json'"
  is 'of another kind' "m['artifactType'] = 'application/vnd.cncf.helm.config.v1+json'"
  is 'does not say the hash' "c['tree'] = 'abc'"
  is 'does not say the hash' "c['tree'] = 'A' * 64"
  is 'its config is larger' "c['x'] = 'x' * 300000"
  # what the real one would not take in comes from the gate
  served() { # TEXT JSON
    echo "$2" >served
    fault 'GET manifests file served'
    refused 1 "$1"
  }
  blob='{"mediaType": "application/vnd.jkr.bundle.config.v1+json", "digest": "sha256:'$(printf %064d 0)'", "size": '
  served 'a digest is' "{\"schemaVersion\": 2, \"config\": {\"mediaType\": \"x\", \"digest\": \"sha256:../../etc\", \"size\": 1}}"
  served 'less than a TiB' "{\"schemaVersion\": 2, \"config\": ${blob}-1}}"
  served 'less than a TiB' "{\"schemaVersion\": 2, \"config\": ${blob}9000000000000000}}"
  served 'not a whole one' "{\"schemaVersion\": 2, \"config\": ${blob}9000000000000000000}}"
  served 'schemaVersion is not 2' '{"schemaVersion": 1}'
  served 'index of several' '{"schemaVersion": 2, "manifests": []}'
  served 'schemaVersion is not 2' '[]'
  served 'is no artifact of jkr' 'not json'
  served 'is no artifact of jkr' "$(printf '[%.0s' $(seq 2000))"
}

@test "a layer that leaves its folder, by whatever way, is refused and writes nothing" {
  registry
  hostile() { # CODE MEMBER…
    local code=$1
    shift
    craft team/x "$(printf %064d 0)" "$@"
    take team/x:1
    refused 1 "$code"
    run jkr pull "oci://$registry/team/x:1" pulled
    [ "$status" = 1 ]
    [ ! -e pulled ]
    [ "$(echo .jkr-pull*)" = ".jkr-pull*" ]
    [ ! -e evil ]
    [ ! -e /tmp/jkr-oci-evil ]
  }
  hostile E04 file:../evil
  hostile E04 file:/tmp/jkr-oci-evil
  hostile E04 symlink:d=/tmp file:d/jkr-oci-evil
  hostile 'leads out of it' symlink:out=../../etc/passwd
  hostile 'leads out of it' symlink:out=/etc/passwd
  # by way of another link: a/up is the folder itself, and above that is outside
  hostile 'leads out of it' file:a/b/f symlink:a/b/up=../.. symlink:out=a/b/up/../evil
  hostile 'would be a repository' file:.git/config
  hostile 'would be a repository' file:d/.GIT/config
  hostile E0 device:null
}

@test "logins: bearer tokens and passwords, kept by skopeo, and sent where they belong" {
  hash=$(python3 -c 'import crypt; print(crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))')
  echo "me:$hash" >htpasswd
  registry "auth: {htpasswd: {realm: jkr, path: $PWD/htpasswd}}"
  part
  run jkr push part "oci://$registry/team/camera:v1"
  echo "$output"
  [ "$status" = 7 ]
  [[ $output == *E0931*'401'*'skopeo login'* ]]
  export REGISTRY_AUTH_FILE=$PWD/auth.json
  skopeo login -q --tls-verify=false -u me -p secret "$registry" 2>/dev/null ||
    echo "{\"auths\": {\"$registry\": {\"auth\": \"$(printf me:secret | base64)\"}}}" >auth.json
  push part team/camera:v1
  take team/camera:v1
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = data ]
  grep -q 'PUT.* Basic' gate.log
  # a redirect to another server is followed, without the password, and what comes from there is proved
  front=$registry
  echo 'GET blobs file part/top.txt' >others
  gate "${direct#*:}" others other.log
  other=$registry registry=$front
  fault "GET blobs redirect http://$other"
  refused 1 E0905
  grep -q '^GET .*/blobs/.* -$' other.log
  no grep -q Basic other.log
  fault
  # another host's password is not this one's
  sed -i "s/$registry/${registry/127.0.0.1/127.0.0.2}/" auth.json
  refused 7 'it answered 401'
  end_servers
  # tokens, without a password and with
  rm -f auth.json
  registry ''
  push part team/camera:v1
  take team/camera:v1
  fault "GET|HEAD|POST|PUT v2 token http://$registry/token"
  rm -f gate.log
  JKR_STORE=$work/t1 jkr run r.lua --no-wait -q -o out
  grep -qx 'GET /token?service=reg,%20one&scope=repository:x:pull -' gate.log
  grep -q 'GET .*/blobs/.* Bearer' gate.log
  echo "{\"auths\": {\"http://$registry/v1/\": {\"auth\": \"$(printf me:secret | base64)\"}}}" >auth.json
  rm -f gate.log
  echo x >part/more
  push part team/camera:v2
  grep -q 'GET /token.* Basic' gate.log
  grep -q 'PUT .* Bearer' gate.log
  for bad in bad evil 'status 401'; do
    fault "GET /token $bad" "GET|HEAD v2 token http://$registry/token"
    refused 7 'wants a login'
  done
  fault 'GET|HEAD v2 token file:///etc/passwd'
  refused 7 'wants a login'
}

@test "what fails while it is pushed is said and leaves no tag; pushed again, it has the digest that it always has" {
  registry
  part
  head -c 300000 /dev/urandom >part/big
  push part team/whole:v1
  want=$digest
  n=0
  fails() { # FAULT TEXT
    n=$((n + 1))
    fault "$1"
    run timeout 60 "$JKR" push part "oci://$registry/team/f$n:v1"
    echo "$1: $status $output"
    fault
    [ "$status" = 7 ] && [[ $output == *"$2"* ]] || return 1
    no skopeo inspect --raw --tls-verify=false "docker://$direct/team/f$n:v1" >/dev/null 2>&1
    comes
  }
  comes() { # the same once more
    push part "team/f$n:v1"
    [ "$digest" = "$want" ]
    rm -rf back && jkr pull "oci://$registry/team/f$n:v1" back -q
    diff -r part back
  }
  fails 'POST uploads status 500' 'answered 500'
  fails 'PUT|PATCH uploads status 500' 'answered 500'
  fails 'PUT manifests status 500' 'answered 500'
  fails 'POST uploads drop' E09
  fails 'PUT|PATCH uploads drop' E09
  fails 'PUT|PATCH uploads hangup 100000' E09
  fails 'PUT|PATCH uploads lost' E09
  fails 'PUT manifests drop' E09
  # a slow one is no fault
  n=$((n + 1))
  fault 'POST|PUT|PATCH v2 slow 1'
  comes
  # the registry has it, and who pushed does not know: again is no harm
  n=$((n + 1))
  fault 'PUT manifests lost'
  run timeout 60 "$JKR" push part "oci://$registry/team/f$n:v1"
  [ "$status" = 7 ]
  fault
  comes
}
