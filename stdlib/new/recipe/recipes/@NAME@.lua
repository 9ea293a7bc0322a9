-- @NAME@.lua: what it makes, in one line
--   jkr run @NAME@.lua -o out                builds it, checks it, and leaves it in out/
--   jkr plan @NAME@.lua -D greeting=hello    what would run, and why
recipe "@NAME@" { version = "1", license = "MIT", summary = "what it makes, in one line" }

local greeting = option.string { "greeting", "good morning", "What the file says" }

-- Steps in order, each on the result of the one before. `jkr doc` lists what a step can be.
local files = tree "files" {
  copy { "@NAME@/greeting.txt" },
  edit { "greeting.txt", find = "a greeting", replace = greeting },
}

-- The recipe's own test: where it does not hold, nothing is delivered.
file_check "says-so" { files, present = { "greeting.txt" }, contains = { greeting } }

return bundle "@NAME@" { files }
