# run: pull oci://127.0.0.1:1/team/x:1 there
# exit: 1
mkdir there
