# run: push folder oci://host/team/x:1
mkdir folder && ln -s ../secret folder/link
