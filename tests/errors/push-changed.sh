# run: push folder oci://host/team/x:1
mkdir folder && echo a >folder/a && printf 'jkr content 1\ntree:%064d\n' 0 >folder/jkr.content
