-- devicetree: a board's device tree, with the symbols that overlays need.

define "devicetree" {
  doc = "A device tree compiled from source: C preprocessor, then dtc. With symbols, so that overlays can be applied by label.",
  params = {
    source = { "source", operand = true, required = true, doc = "The .dts file: of the project, or in a result." },
    toolchain = { "step", required = true, doc = "The image that holds cpp and dtc." },
    include = { "source", list = true, doc = "Folders that #include and /incbin/ may read; name the source's own folder, too, where it includes from there." },
    defines = { "map", doc = "Macros of the preprocessor." },
    symbols = { "bool", default = true, doc = "Whether labels are kept for overlays (dtc -@)." },
    name = { "string", doc = "The name of the .dtb file; the source's name when it is left out." },
  },
  outputs = {},
  example = [[local base = devicetree "board" { "board.dts", toolchain = gcc, include = { src / "include" } }]],
  build = function(p)
    return {
      dtbo_compile "" {
        p.source, toolchain = p.toolchain, include = p.include, defines = p.defines, symbols = p.symbols, name = p.name,
      },
    }
  end,
}
