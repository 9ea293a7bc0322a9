jkr() { "$jkr" diff ' ' r.lua; }
