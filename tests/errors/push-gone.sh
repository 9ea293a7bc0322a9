# run: push folder oci://127.0.0.1:1/team/x:1
# exit: 7
mkdir folder && echo a >folder/a
