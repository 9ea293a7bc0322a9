# run: check load-deep-brackets.lua
python3 -c "print('local x = ' + '(' * 300 + '1' + ')' * 300)" >load-deep-brackets.lua
