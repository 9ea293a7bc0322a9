# run: edit checkout-repository.lua src mine -q
export JKR_STORE=$PWD/store
tar_of a.tar file:sub/.git
sum=$(sha256sum a.tar | cut -d' ' -f1)
echo "return untar \"src\" { \"a.tar\", sha256 = \"$sum\" }" >checkout-repository.lua
