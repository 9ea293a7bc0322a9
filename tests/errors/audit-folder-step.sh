# run: audit folder linux
mkdir folder
