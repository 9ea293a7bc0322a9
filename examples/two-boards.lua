-- two-boards.lua: one recipe, used twice with other options
recipe "two-boards" { version = "1", license = "MIT", summary = "two boards from one recipe" }

-- steps of an import are called `left:hostname`, its options `-D left.name=…`
local left  = use "board.lua" { as = "left", name = "left" }
local right = use "board.lua" { as = "right", name = "right", serial = false }

return bundle "two-boards" { left, right }
