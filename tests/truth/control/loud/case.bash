# the plain commands do not fail in silence: patch's exit status ends them
prepare() { cp "$TRUTH"/11-rejected-hunk/{recipe.lua,limits.h,fix.patch} .; }

plain() {
  patch -p1 <fix.patch
  shows 'exit 0' true
}
ours() { refuses E0502 recipe.lua 'fix.patch' 'hunk 2'; }
