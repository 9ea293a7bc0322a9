# run: verify bundle
# exit: 3
mkdir bundle
echo one >bundle/one && echo two >bundle/two
(cd bundle && sha256sum one two >batch-07.sha256)
echo changed >bundle/one && rm bundle/two && echo new >bundle/new
