# run: bisect r.lua two.lua -q --script judge.sh
# exit: 3
printf 'local a = write "a" { path = "a", text = "one" }\nreturn file_check "c" { a, present = "a", lacks = "two" }\n' >r.lua
sed s/.one/\"two/ r.lua >two.lua
printf '#!/bin/sh\n' >judge.sh && chmod +x judge.sh
