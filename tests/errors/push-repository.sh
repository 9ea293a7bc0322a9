# run: push folder oci://host/team/x:1
mkdir -p folder/deep && echo 'gitdir: elsewhere' >folder/deep/.GIT
