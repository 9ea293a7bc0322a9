# run: verify bundle --pubkey pub.pem
# exit: 3
mkdir bundle
echo one >bundle/one
(cd bundle && sha256sum one >batch-07.sha256)
