-- bundle: what a recipe delivers, side by side in one tree or one archive.
define "bundle" {
  doc = "What a recipe delivers: files and results side by side in one tree, and an archive of them where a format is asked for.",
  example = [[
return bundle "board" { linux.Image, linux.modules, hello, overlay, format = "tar.zst" }]],
  params = {
    sources = { "source", operand = true, list = true, glob = true, required = true,
      doc = "What is delivered. A file comes under its own name; of a folder or a whole result comes what it holds." },
    into = { "path", doc = "The folder that takes it; the top unless told." },
    exclude = { "string", list = true, doc = "Patterns of what stays behind." },
    format = { "choice", { "tar.zst", "tar.xz", "tar.gz", "tar" },
      doc = "An archive instead of a tree." },
  },
  outputs = {
    tree = "What is delivered, as a tree.",
  },
  build = function(p)
    local tree = copy (p.format and "tree" or "") { p.sources, into = p.into, exclude = p.exclude }
    local main = tree
    if p.format then
      main = pack "" { tree, format = p.format, name = (p.name or "bundle") .. "." .. p.format }
    end
    return { main, tree = tree }
  end,
}
