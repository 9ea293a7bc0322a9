# run: run git-truncated.lua -q
# exit: 7
git_repository driver
python3 -c 'import random; open("driver/blob", "wb").write(random.Random(1).randbytes(100000))'
git -C driver add blob
git -C driver commit -qm second
git -C driver gc -q
pack=$(ls driver/.git/objects/pack/*.pack)
chmod u+w "$pack"
truncate -s 50000 "$pack"
cat >git-truncated.lua <<LUA
return git_checkout "driver" { "file://$PWD/driver", commit = "$(git -C driver rev-parse main)" }
LUA
