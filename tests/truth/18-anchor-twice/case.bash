# 18: an edit whose text is there twice
#
# It was unique when the edit was written.

plain() {
  sed -i 's/status = "disabled"/status = "okay"/' board.dts
  shows 'sed: exit 0; the second port is on, too, and its pins belong to something else' [ "$(grep -c okay board.dts)" = 2 ]
}

ours() {
  refuses E0561 recipe.lua 'find = ' 'holds `status = "disabled"` 2 times instead of 1' 'it is in lines 5, 9'
  mend recipe.lua 'find = "' 'find = "1000 {\n\t\t'
  mend recipe.lua 'replace = "' 'replace = "1000 {\n\t\t'
  runs
  gives 'with a longer text it is the one that was meant' perl -0ne 'exit !/1000 \{\s+status = "okay".*2000 \{\s+status = "disabled"/s' out/board.dts
}
