# run: bisect r.lua two.lua -q --script judge.sh
# exit: 1
printf 'return write "a" { path = "a", text = "one" }\n' >r.lua
sed s/one/two/ r.lua >two.lua
printf '#!/bin/sh\nkill -9 $$\n' >judge.sh && chmod +x judge.sh
