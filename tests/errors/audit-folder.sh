# run: audit folder
mkdir -p folder/etcetera
