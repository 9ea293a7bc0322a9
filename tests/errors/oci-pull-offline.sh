# run: pull oci://127.0.0.1:1/team/x:1 --offline
# exit: 5
