# the result is another than claimed
prepare() { cp "$TRUTH"/11-rejected-hunk/{recipe.lua,limits.h,fix.patch} .; }

plain() { shows 'exit 0' true; }
ours() {
  mend limits.h 'TIMEOUT_MS 60' 'TIMEOUT_MS 30'
  runs
  gives 'as before' cmp limits.h out/limits.h
}
