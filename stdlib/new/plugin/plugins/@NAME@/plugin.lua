-- @NAME@: what it adds to a board. A plugin returns lists of steps; a board places them, each on what stands before it:
--   local more = plugins { plugin "@NAME@" }      tree "src" { …, more.post_extract }
local where = option.string { "where", "etc", "The folder that takes the file" }

return {
  post_extract = {
    copy { "files/@NAME@.conf", into = where },
  },
  -- Checks look at the tree that they stand in, and change nothing.
  audit = {
    file_check { present = { where .. "/@NAME@.conf" }, contains = { "enabled=1" } },
  },
}
