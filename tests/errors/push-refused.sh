# run: push folder oci://127.0.0.1:$port/team/x:1
# exit: 7
mkdir folder && echo a >folder/a
http_server
jkr() { "$jkr" push folder "oci://127.0.0.1:$port/team/x:1"; }
