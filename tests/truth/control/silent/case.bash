# jkr says nothing where it should have refused
prepare() { cp "$TRUTH"/11-rejected-hunk/{recipe.lua,limits.h,fix.patch} .; }

plain() { shows 'exit 0' true; }
ours() {
  mend limits.h 'TIMEOUT_MS 60' 'TIMEOUT_MS 30'
  refuses E0502 recipe.lua 'fix.patch'
}
