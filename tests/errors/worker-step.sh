# exit: 1
# shellcheck shell=bash
mkdir -p cache/cas
printf 'jkr parcel 1\nxxxxxxxx' >x
sum=$(sha256sum x | cut -d ' ' -f 1)
cp x "cache/cas/$sum"
jkr() { "$jkr" worker "$sum/$(stat -c %s x)" --cache "file://$PWD/cache"; }
