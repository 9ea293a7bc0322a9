# run: pull
# exit: 1
artifact team/x ""
echo 'not json' >v2/team/x/manifests/1
artifact=$(sha256sum <v2/team/x/manifests/1 | cut -d' ' -f1)
cp v2/team/x/manifests/1 "v2/team/x/manifests/sha256:$artifact"
http_server
jkr() { "$jkr" pull "oci://127.0.0.1:$port/team/x:1" -q; }
