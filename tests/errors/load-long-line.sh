# run: check load-long-line.lua
{
  printf 'local t = { '
  yes '"word",' | head -20000 | tr '\n' ' '
  printf 'wrong = = 1, '
  yes '"word",' | head -20000 | tr '\n' ' '
  echo '}'
} >load-long-line.lua
