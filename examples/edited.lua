-- A tree to work on. `files/edited` is the series that its edits go to:
--
--   jkr edit examples/edited.lua src DIR            lays the tree in DIR, a git repository
--   jkr run examples/edited.lua --with src=DIR      builds with DIR in its place; all that rests on it is dirty
--   jkr refresh examples/edited.lua src DIR         each commit, and what is not committed, becomes a patch here

recipe "edited" { version = "1", license = "MIT", summary = "a tree that is edited" }

local src = tree "src" {
  copy { "files/driver" },
  patch { series = "files/edited/series" },
}

return bundle "edited" { src / "driver.c" }
