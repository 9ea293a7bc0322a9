# run: verify bundle
mkdir bundle
echo one >bundle/one
