-- git.lua: a tree that lives in git: one commit of it, pinned in jkr.lock
recipe "git" { version = "1", license = "GPL-2.0-or-later", summary = "a tree from a repository" }

local url = option.string { "url", "https://git.kernel.org/pub/scm/utils/dtc/dtc.git", "where the repository is" }
local ref = option.string { "ref", "v1.6.1", "a tag, a branch, or any ref by its full name" }

-- only that commit is fetched, without its history; `jkr ls refs git.lua` shows what there is and what is pinned
local src = git_checkout "src" { url, ref = ref }

return bundle "git" { src / "README", pack "out" { src, name = "src.tar.zst" } }
