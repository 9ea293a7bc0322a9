---@meta jkr
-- What the Lua language server knows of recipes: printed by `jkr doc jkr.d.lua`, from the tables that check them.

---The result of a step: a tree of files. `step / "path"` is a path inside it.
---@class jkr.Step
---@operator div(string): jkr.Step

---A file of a project. `file / "path"` is a path below it.
---@class jkr.File
---@operator div(string): jkr.File

---The text of a file in a result, known when the step has run.
---@class jkr.Text

---A value of a Kconfig symbol.
---@class jkr.Tri

---@alias jkr.Source string|jkr.File|jkr.Step
---@alias jkr.Scalar string|integer|boolean|jkr.Tri|jkr.Text
---@alias jkr.Symbols jkr.File|jkr.Step|table<string|integer, jkr.Scalar|jkr.File|jkr.Step|table>

---@type jkr.Tri
y = nil
---@type jkr.Tri
m = nil
---@type jkr.Tri
n = nil

---@class jkr.recipe
---@field version? string
---@field license? string The SPDX name of its licence.
---@field summary? string

---What the file is. Without it the file gives the name.
---@param name string
---@return fun(about: jkr.recipe)
function recipe(name) end

---Steps in order, each on the result of the one before.
---@overload fun(steps: any[]): jkr.Step
---@param name string
---@return fun(steps: any[]): jkr.Step
function tree(name) end

---@class jkr.option
---@field [integer] any The name, the default, what it is for.
---@field default? any
---@field min? integer
---@field max? integer
---@field matches? string An extended regular expression for all of it.

---What `-D name=value`, a profile or an importing recipe sets.
option = {}
---@param o jkr.option
---@return boolean
function option.bool(o) end
---@param o jkr.option
---@return integer
function option.int(o) end
---@param o jkr.option
---@return string
function option.string(o) end
---@param o jkr.option
---@return string
function option.choice(o) end
---@param o jkr.option
---@return any
function option.step(o) end

---An item of a list that may be absent.
---@generic T
---@param condition any
---@param item T
---@return T
function when(condition, item) end

---The trimmed text of a file in a result, known when the step has run.
---@param file jkr.Step
---@return jkr.Text
function text(file) end

---Compilers: toolchains/NAME.yaml, and the image that they run in.
---@param name string|{ [1]: string, ccache?: boolean, distcc?: boolean, packages?: string[] }
---@return any
function toolchain(name) end

---A file of CONFIG_X=y lines.
---@param file string
---@return jkr.File
function fragment(file) end

---Fragments of the project's library, in the canonical order.
---@param names string[]
---@return any
function fragments(names) end

---Another recipe; gives what that file returns.
---@param file string
---@return fun(options: table): any
function use(file) end

---Versions, names and hashes, apart from options.
---@param file string
---@return any
function pins(file) end

---@class jkr.plugin
---@field doctor any[]
---@field post_extract any[]
---@field post_defconfig any[]
---@field post_build any[]
---@field pre_bundle any[]
---@field audit any[]

---Lists of steps that others contribute.
---@param name string|table
---@return jkr.plugin
function plugin(name) end

---The lists of several plugins, and of those that `--plugin` adds.
---@param list jkr.plugin[]
---@return jkr.plugin
function plugins(list) end

---@class jkr.define
---@field doc? string
---@field example? string
---@field params? table<string, table>
---@field outputs? table<string, string>
---@field build fun(p: table): any

---A constructor written in Lua, checked by the same kind of table as a primitive.
---@param name string
---@return fun(table: jkr.define)
function define(name) end

---What every step takes.
---@class jkr.StepParams
---@field on? jkr.Step The tree that the step writes onto; inside `tree` it is the step before.
---@field timeout? integer Seconds after which the step is stopped.
---@field cpus? integer Processors that the step is planned with.
---@field memory? integer|string Memory that the step may use, such as "4G".
---@field processes? integer Processes and threads that the step's programs may have at once; 2048 when not given.
---@field optional? boolean Whether an absent input skips the step instead of failing the run.
---@field check? boolean Whether the step must succeed before anything is exported, though nothing takes in its result.
---@field with_inputs? boolean The same, where something else takes in one of its inputs as well: it has nothing built that only it would look at.
---@field features? string|jkr.Text|(string|jkr.Text)[] What a machine must have to run the step.

---@class jkr.build_manifest.params: jkr.StepParams
---@field [integer] jkr.Source|jkr.Source[] What is delivered; each file is listed with its hash, laid out as copy does.
---@field outputs? jkr.Source|jkr.Source[] What is delivered; each file is listed with its hash, laid out as copy does.
---@field from? jkr.Source|jkr.Source[] What goes into the delivery as it came, such as a vendor's root file system: what it was made of is written down, its files are not listed.
---@field exclude? string|jkr.Text|(string|jkr.Text)[] Patterns of what is not listed, as in copy. Each must match something.
---@field name? string The file's name in the result.
---@field kernel? jkr.Source A built kernel's `devel`: its release, .config and vermagic are written down.
---@field defconfig? jkr.Source The configuration that was asked for, for `defconfig_sha256`.
---@field headers? jkr.Source The package with the kernel's headers, or the folder that holds it, for `headers_deb`.
---@field cross_compile? string|jkr.Text The prefix of the compilers.
---@field toolchain_gcc? string|jkr.Text What the compiler says of its version; the first line counts.
---@field fields? table<string|integer, jkr.Scalar> More fields; they replace those of the same name.

---Writes down what a build is made of, as JSON: the recipe and its options, every input, patch, toolchain and step before it with its hash, what was skipped, and each file that is delivered. Equal builds give equal bytes, so that it can lie in a root file system: the date is the sources' own, the builder a constant. When and where it was really built, and how long that took, says `jkr manifest`. `manifest` is the constructor around it.
---@overload fun(params: jkr.build_manifest.params): jkr.Step
---@param name string
---@return fun(params: jkr.build_manifest.params): jkr.Step
function build_manifest(name) end

---@class jkr.checksums.params: jkr.StepParams
---@field [integer] jkr.Source|jkr.Source[] What is listed, laid out as copy does: a file under its own name, of a folder or a result what it holds.
---@field sources? jkr.Source|jkr.Source[] What is listed, laid out as copy does: a file under its own name, of a folder or a result what it holds.
---@field name string The list's name in the result, such as "batch-07.sha256".
---@field prefix? string A folder that stands before every path in the list.
---@field exclude? string|jkr.Text|(string|jkr.Text)[] Patterns of what is left out, as in copy. Each must match something.

---Lists the SHA-256 of each file that is delivered, as `sha256sum` does. `jkr verify` compares such a list with a bundle, a folder or a machine, and `jkr sign` puts a signature beside it: no step ever sees a key.
---@overload fun(params: jkr.checksums.params): jkr.Step
---@param name string
---@return fun(params: jkr.checksums.params): jkr.Step
function checksums(name) end

---@class jkr.copy.params: jkr.StepParams
---@field [integer] jkr.Source|jkr.Source[] What is copied. A file comes under its own name; of a folder or a whole result comes what it holds, without the folder's own name.
---@field sources? jkr.Source|jkr.Source[] What is copied. A file comes under its own name; of a folder or a whole result comes what it holds, without the folder's own name.
---@field into? string The folder that takes it, made where it is missing; the top unless told.
---@field as? string Another name for the file; there must be one source, and it a file.
---@field mode? string|jkr.Text Who may do what with the files, in octal, such as "0664"; as at the source unless told.
---@field suffix? string|jkr.Text What each file's name gets at its end, behind a `-`, such as linux.release: Image becomes Image-6.12.1.
---@field only? string|jkr.Text|(string|jkr.Text)[] Patterns with `*` and `?` of what is copied, in place of all: without a `/` compared with every part of a path, with one with the path from its start. Each must match something. What takes in the copy does not run again for a change elsewhere.
---@field exclude? string|jkr.Text|(string|jkr.Text)[] Patterns with `*` and `?` of what stays behind: without a `/` compared with every part of a path, with one with the path from its start. Each must match something.

---Copies files and folders of the project and of results. A file lands in `into` under its own name; a folder or a whole result gives what it holds, so that copy { src / "drivers", into = "x" } makes x/Makefile of drivers/Makefile. Onto a tree it adds to what is there and replaces files of the same name. Two sources that give one path must agree on its content.
---@overload fun(params: jkr.copy.params): jkr.Step
---@param name string
---@return fun(params: jkr.copy.params): jkr.Step
function copy(name) end

---@class jkr.debian_source.params: jkr.StepParams
---@field [integer] jkr.Source The .dsc: a file of the project, in a result, or a result in which one lies, such as that of `fetch { dsc = … }`. What it lists is taken from beside it.
---@field source? jkr.Source The .dsc: a file of the project, in a result, or a result in which one lies, such as that of `fetch { dsc = … }`. What it lists is taken from beside it.
---@field files? jkr.Source|jkr.Source[] Files that it lists and that lie elsewhere, by name.
---@field patched? boolean Whether debian/patches/series is applied; without, `patch { series = … }` can do it with its own choices.
---@field vendor? string|jkr.Text Whose series counts: debian/patches/VENDOR.series where there is one, else debian/patches/series.
---@field max_size? integer|string Most bytes that all files together may have.
---@field max_files? integer Most entries that may be unpacked.

---Unpacks a Debian source package: the release, its components, the folder debian, and the patches of debian/patches in their series, all or none. Formats 3.0 (quilt), 3.0 (native) and 1.0. Every file that the .dsc lists is compared with its size and SHA-256 before it is opened. The tree is that of `dpkg-source -x`, without the notes that quilt keeps in `.pc`. The signature of the .dsc is not proved: what pins the package is the hash in the recipe or the lock.
---@overload fun(params: jkr.debian_source.params): jkr.Step
---@param name string
---@return fun(params: jkr.debian_source.params): jkr.Step
function debian_source(name) end

---@class jkr.dtbo_compile.params: jkr.StepParams
---@field [integer] jkr.Source The main source file: .dtso, .dts or .dtsi.
---@field source? jkr.Source The main source file: .dtso, .dts or .dtsi.
---@field toolchain jkr.Step The image that holds cpp and dtc.
---@field include? jkr.Source|jkr.Source[] Folders for #include and /incbin/, searched in this order; nothing else is visible, not the source's own folder either.
---@field defines? table<string|integer, jkr.Scalar> Macros for the preprocessor.
---@field apply_to? jkr.Source|jkr.Source[] Base device trees (.dtb files, or results that hold some) that the overlay must apply to.
---@field any_board? boolean Whether the overlay may say by its `compatible` that it is for other boards than those of `apply_to`, as all of Raspberry Pi's do.
---@field new_libfdt? boolean Whether what loads the overlay has libfdt 1.7.1 or later, as in `overlay_check`; what makes `merged` has not.
---@field symbols? boolean Whether the blob keeps its labels (dtc -@); a base needs that before overlays can use them.
---@field name? string The result's file; by default the source's name with .dtbo, or .dtb where it is no overlay.
---@field merged? string A second file of the result: the one base of `apply_to` with this overlay applied.
---@field warnings? string|jkr.Text|(string|jkr.Text)[] Options -W and -E for dtc, after jkr's own: wrong #address-cells and #size-cells are errors, in a base also lengths of reg and ranges.

---Compiles a device tree overlay (or a base) with cpp and dtc, and applies an overlay to every base it is meant for. A label that a base lacks, a base without symbols, another board's `compatible`, a reference by path, a phandle or label of the base that would become another, and `reg` that does not fit the bus are errors, so an overlay that compiles is one that loads.
---@overload fun(params: jkr.dtbo_compile.params): jkr.Step
---@param name string
---@return fun(params: jkr.dtbo_compile.params): jkr.Step
function dtbo_compile(name) end

---@class jkr.edit.params: jkr.StepParams
---@field [integer] string The file, inside the tree.
---@field path? string The file, inside the tree.
---@field find string|jkr.Text The text that is looked for; line breaks count like other characters.
---@field replace? string|jkr.Text What stands there instead.
---@field before? string|jkr.Text What is put in front of it.
---@field after? string|jkr.Text What is put behind it.
---@field regex? boolean `find` is an extended regular expression of POSIX, `^` and `$` match at lines; in what is put in, \1 to \9 stand for its groups and \0 for all that was found.
---@field already? boolean Whether the file may be so before the edit: for a value that an option gives, which can be the stock one.
---@field times? integer How often the text must be there: exactly; 0 is any number, but once at least.

---Changes a text file at an anchor. The anchor must be there exactly `times` times, so that an edit that was written for another version of the file fails instead of doing nothing, or something else. A step is one edit of one file; several stand in a tree, one behind the other.
---@overload fun(params: jkr.edit.params): jkr.Step
---@param name string
---@return fun(params: jkr.edit.params): jkr.Step
function edit(name) end

---@class jkr.extlinux.params: jkr.StepParams
---@field [integer] string The file, inside the tree.
---@field path? string The file, inside the tree.
---@field label? string|jkr.Text The entry; the one that DEFAULT names unless told.
---@field linux? string|jkr.Text The kernel, as the loader finds it: "/boot/Image".
---@field initrd? string|jkr.Text The initrd, likewise.
---@field fdt? string|jkr.Text The device tree, likewise. Without an FDT line loaders such as NVIDIA's ignore OVERLAYS.
---@field overlays? string|jkr.Text|(string|jkr.Text)[] The overlays, in the order they are applied; they need `fdt`.
---@field args? string|jkr.Text|(string|jkr.Text)[] Arguments of the kernel, such as "rootwait" and "root=/dev/nvme0n1p1". Each takes the place of all that have its name.
---@field without? string|jkr.Text|(string|jkr.Text)[] Names of arguments that go, whatever their value; one that is not there is fine.

---Changes an entry of extlinux.conf: what is loaded, and the kernel's arguments. Lines FDT and OVERLAYS are what the step says, or are taken away; an argument replaces all of its name, so that none is there twice; everything else stays.
---@overload fun(params: jkr.extlinux.params): jkr.Step
---@param name string
---@return fun(params: jkr.extlinux.params): jkr.Step
function extlinux(name) end

---@class jkr.extlinux_check.params: jkr.StepParams
---@field [integer] jkr.Source The root file system: every file that the entry names must be in it. Inside a tree: the steps before it.
---@field root? jkr.Source The root file system: every file that the entry names must be in it. Inside a tree: the steps before it.
---@field folder? string The folder in it that is looked at; paths count from there. All of it unless told.
---@field path? string The menu in it.
---@field label? string|jkr.Text The entry; the one that DEFAULT names unless told.
---@field fdt? string|jkr.Text What the FDT line must be.
---@field overlays? string|jkr.Text|(string|jkr.Text)[] What the OVERLAYS line must be, in this order.
---@field no_overlays? boolean Whether there must be no OVERLAYS line.
---@field args? string|jkr.Text|(string|jkr.Text)[] Arguments of the kernel that must be there, as they are written here, and no other of their names.
---@field without? string|jkr.Text|(string|jkr.Text)[] Names of arguments that must not be there, whatever their value.
---@field same? string|jkr.Text|(string|jkr.Text)[] Names of arguments whose values must be one wherever they are there, such as isolcpus and nohz_full.
---@field later? string|jkr.Text|(string|jkr.Text)[] Files named in the entry that come later, such as an initrd that the flash tool makes: they may be absent.
---@field any_board? boolean Whether an overlay may say by its `compatible` that it is for other boards than the device tree is.
---@field new_libfdt? boolean Whether the loader has libfdt 1.7.1 or later, as in `overlay_check`.

---Checks an entry of extlinux.conf against the root file system that it boots: kernel, initrd, device tree and overlays are there, the overlays can be put on the device tree in their order without one undoing what another wrote, there is one root=, and the arguments are what was asked for.
---@overload fun(params: jkr.extlinux_check.params): jkr.Step
---@param name string
---@return fun(params: jkr.extlinux_check.params): jkr.Step
function extlinux_check(name) end

---@class jkr.fetch.params: jkr.StepParams
---@field [integer] string|jkr.Text The address: https, http or file:///.
---@field url? string|jkr.Text The address: https, http or file:///.
---@field sha256? string The SHA-256 that the file must have; an address needs it.
---@field max_size? integer|string Stop when the file is larger, such as "4G".
---@field name? string The file's name in the result, when not the last part of the address.
---@field deb? string|jkr.Text A Debian package; the result is what it holds.
---@field dsc? string|jkr.Text A Debian source package, or the address of its .dsc (with `sha256`); the result is the .dsc with all files that it lists, for `debian_source`.
---@field b4? string|jkr.Text A series of patches by mail: the message-id of one of its mails, or the address of that in an archive; the result is the mailbox that `b4 am` makes of the thread, `series.mbx` unless `name` says another.
---@field version? string|jkr.Text The package's version, when not the one that the lock pins.
---@field arch? string|jkr.Text The package's Debian architecture, such as "arm64".
---@field file? string|jkr.File The name of a file that a person stages beside the recipe or in `downloads`, in any case of letters.
---@field folder? jkr.Source The name of a folder that a person stages in the same places, such as a vendor's source tree; it enters by what it holds, without `.git`.
---@field holds? string|string[] What must lie in the folder: one without it is another vendor's or half unpacked, and counts as not staged.
---@field get? string|jkr.Text How a person gets what is staged.

---Gets a file from an address, a Debian package or source package, a series of patches from an archive of mails, or a file or folder that a person stages. Every file is verified: by the recipe's sha256, or by what jkr.lock pins.
---@overload fun(params: jkr.fetch.params): jkr.Step
---@param name string
---@return fun(params: jkr.fetch.params): jkr.Step
function fetch(name) end

---@class jkr.file_check.params: jkr.StepParams
---@field [integer] jkr.Source What is looked at: a file, or a folder or result with files in it. Inside a tree: the steps before it.
---@field source? jkr.Source What is looked at: a file, or a folder or result with files in it. Inside a tree: the steps before it.
---@field folder? string The folder in it that is looked at; paths count from there. All of it unless told.
---@field present? string|jkr.Text|(string|jkr.Text)[] Paths in it, also patterns with `*` and `?`, each of which must be there. Neither this nor `absent`: every file in it is meant.
---@field absent? string|jkr.Text|(string|jkr.Text)[] Paths and patterns of which none may be there.
---@field min_size? integer|string Bytes that each file has at least.
---@field contains? string|jkr.Text|(string|jkr.Text)[] Texts that each file must hold, to the byte.
---@field lacks? string|jkr.Text|(string|jkr.Text)[] Texts that no file may hold.
---@field find? string|jkr.Text An extended regular expression of POSIX, matched against each line, in a binary against each run of printable characters, as strings has them. It must match; its first group, or all that it matches, is the file's value.
---@field lines? string|jkr.Text An expression of the lines that `find` looks at; all of them unless told.
---@field anew? string|jkr.Text An expression of lines that begin anew, as an assignment does: what `find` met before the last one of them counts no more, and it must match again, from that line on.
---@field is? string|jkr.Text What the value must be, everywhere it is found.
---@field machine? "arm64"|"arm"|"x86_64"|"i386"|"riscv"|"powerpc"|"mips"|"s390"|"loongarch" What every program, library and object among the files must be for, and one there must be: programs of the machine that built a package of headers do not run where modules are built with it.

---Checks files: that they are there or are not, how large they are, which texts they hold, and what a value in them is.
---@overload fun(params: jkr.file_check.params): jkr.Step
---@param name string
---@return fun(params: jkr.file_check.params): jkr.Step
function file_check(name) end

---@class jkr.git_checkout.params: jkr.StepParams
---@field [integer] string|jkr.Text The repository: https, http, git, ssh, file:/// or user@host:path.
---@field url? string|jkr.Text The repository: https, http, git, ssh, file:/// or user@host:path.
---@field ref? string|jkr.Text A tag, a branch, or any ref by its full name, in this order, and always a name, also where it looks like the id of a commit; the lock pins the commit that it leads to.
---@field commit? string|jkr.Text The full id of the commit; nothing is asked of the server to know it. A `ref` beside it helps with servers that give no commit by its id.
---@field subdir? string A folder of the repository that becomes the whole result.

---Gets what a commit of a git repository holds: files, symlinks and whether a file can be executed. Submodules are refused, attributes and filters are not applied. A `ref` is pinned to its commit in jkr.lock. What a server gave stays in a mirror in the store, which all recipes share: of a commit only what is new is fetched, without history, and what the mirror has needs no network. `jkr ls refs` lists what there is.
---@overload fun(params: jkr.git_checkout.params): jkr.Step
---@param name string
---@return fun(params: jkr.git_checkout.params): jkr.Step
function git_checkout(name) end

---@class jkr.image.params: jkr.StepParams
---@field suite? string|jkr.Text The Debian release, such as "bookworm".
---@field [integer] string|jkr.Text|(string|jkr.Text)[] Debian packages beside the essential ones.
---@field packages? string|jkr.Text|(string|jkr.Text)[] Debian packages beside the essential ones.
---@field arch? string|jkr.Text Debian architecture of the root file system; the machine's own when left out.
---@field variant? "essential"|"apt" What is there without being named: the essential packages, or apt too.
---@field url? string|jkr.Text A tarball that is unpacked over the packages, or instead of them.
---@field sha256? string The SHA-256 of what `url` gives.
---@field tarball? jkr.Source A tarball of the project or of a step in place of `url`: what `file` of a toolchain becomes.
---@field strip? integer Leading folders that are taken off the tarball's names.
---@field into? string Where the tarball goes; `opt/toolchain` when there are packages too, else the root.

---Makes a root file system for steps to run in: Debian packages put together by mmdebstrap, a tarball, or a tarball over packages. The versions of all packages are pinned in jkr.lock; nothing is built again until `jkr update` takes newer ones.
---@overload fun(params: jkr.image.params): jkr.Step
---@param name string
---@return fun(params: jkr.image.params): jkr.Step
function image(name) end

---@class jkr.kconfig_append.params: jkr.StepParams
---@field [integer] string The file: a defconfig of the tree in `on`, or without `on` the name of a new fragment.
---@field path? string The file: a defconfig of the tree in `on`, or without `on` the name of a new fragment.
---@field symbols jkr.Symbols Symbols and their values, and fragments; the last one that sets a symbol holds. But where two plugins write a symbol of one file differently in their tables, it is a mistake until the recipe itself sets it after both.

---Appends config symbols to a defconfig of a tree, or makes a fragment. A fragment that sets one symbol twice differently is a mistake, and so is writing through a symlink.
---@overload fun(params: jkr.kconfig_append.params): jkr.Step
---@param name string
---@return fun(params: jkr.kconfig_append.params): jkr.Step
function kconfig_append(name) end

---@class jkr.kconfig_check.params: jkr.StepParams
---@field config jkr.Source The .config that Kconfig made.
---@field symbols jkr.Symbols What was asked for, as kconfig_append takes it.
---@field allow? string|jkr.Text|(string|jkr.Text)[] Symbols that may differ; each must be asked for and differ.
---@field source? jkr.Source The kernel's source, to ask its own Kconfig for reasons.
---@field build? jkr.Source The build folder in which `make *config` ran.
---@field toolchain? jkr.Step The image whose compilers configured it.
---@field arch? string|jkr.Text ARCH as make got it.
---@field variables? table<string|integer, jkr.Scalar> Variables that make got: CROSS_COMPILE, LLVM, CC.
---@field base? string|jkr.Text|(string|jkr.Text)[] Goals of make that the configuration began with, whose lines `jkr why` names.
---@field saved? jkr.Source The kept .config that it began with, in their place.
---@field before? jkr.Source The .config that the symbols were put onto: what else differs from it is told in a note and kept as unasked.config.

---Fails unless every config symbol has the value that was asked for. The reason comes from the tree's own Kconfig: the dependency that is not met, the symbol that selects it, the choice it lost. So does what would help: the fewest lines with which a symbol is as asked and all that is asked beside it stays, tried out by that Kconfig, or what proves that no line helps; and for several symbols the fewest with which all of them hold together, or which of them contradict each other. It looks for them for a minute of processor time at most, and says so when that is over. The result holds the checked `.config`, so that a compile that takes it from here waits for the check.
---@overload fun(params: jkr.kconfig_check.params): jkr.Step
---@param name string
---@return fun(params: jkr.kconfig_check.params): jkr.Step
function kconfig_check(name) end

---@class jkr.kernel_image_check.params: jkr.StepParams
---@field [integer] jkr.Source The image: one file.
---@field source? jkr.Source The image: one file.
---@field format? "vmlinux"|"Image"|"Image.gz"|"zImage"|"uImage"|"bzImage" What it is to be; what its name says unless told (`Image.gz`, `zImage-6.12.1`).
---@field arch? "arm"|"arm64"|"riscv"|"x86" The kernel's name of the architecture that it must be for.
---@field release? string|jkr.Text The release that it must say, such as linux.release; of zImage and uImage, whose texts are compressed, it is not asked.

---Checks an image of a Linux kernel by what boot loaders read of it: the fields of arm64's and riscv's header, of a zImage the magic and its end, of a uImage the checksums of header and data, of a bzImage the header of the boot protocol, of a gzip its checksum and what it holds, of a vmlinux the ELF header.
---@overload fun(params: jkr.kernel_image_check.params): jkr.Step
---@param name string
---@return fun(params: jkr.kernel_image_check.params): jkr.Step
function kernel_image_check(name) end

---@class jkr.kernel_label.params: jkr.StepParams
---@field config jkr.Source The .config, complete.
---@field source jkr.Source The kernel's source.
---@field toolchain jkr.Step The image whose compilers build it.
---@field variables? table<string|integer, jkr.Scalar> What stands on make's command line when it is built.
---@field label? string|jkr.Text The label: up to 40 characters. It comes before all below.
---@field series? jkr.Source A mailbox whose first subject is the label, with `-vN` from the second version on.
---@field tag? string|jkr.Text The tag that was checked out: the label is `vanilla`.
---@field ref? string|jkr.Text The branch, or whatever else was checked out: it is the label.

---Puts a label and 12 digits into a kernel's release: the digits are of the configuration, the toolchain, make's variables and the source, so that `uname -r` says what runs. CONFIG_LOCALVERSION becomes what it was, the label and the digits; what make then tells as the release is compared. The digits are the first 12 of the SHA-256 over these, a zero byte between each two: the lines of `.config` with CONFIG_LOCALVERSION_AUTO off, without CONFIG_LOCALVERSION's, a newline between each two; the hash of the toolchain's result; the variables as NAME=value, by name, a blank between each two, quoted as for a shell where a value needs it, what -fdebug-prefix-map= says left out; the hash of the source. A label that is too long for the 64 characters of a release is cut, the digits never are. The result holds `.config`, `release` and `digest`.
---@overload fun(params: jkr.kernel_label.params): jkr.Step
---@param name string
---@return fun(params: jkr.kernel_label.params): jkr.Step
function kernel_label(name) end

---@class jkr.make_in_container.params: jkr.StepParams
---@field [integer] jkr.Source The source tree, at /jkr/src. What make writes into it is thrown away.
---@field source? jkr.Source The source tree, at /jkr/src. What make writes into it is thrown away.
---@field toolchain jkr.Step The image with make and the compilers, from `toolchain`.
---@field targets? string|jkr.Text|(string|jkr.Text)[] The targets of one call of make; none: its default.
---@field goals? string|jkr.Text|(string|jkr.Text)[] Several calls of make, in order: each item holds the targets of one and variables of its own (NAME=VALUE), separated by blanks.
---@field variables? table<string|integer, jkr.Scalar> Variables of make's command line, such as ARCH and CROSS_COMPILE.
---@field env? table<string|integer, jkr.Scalar> Environment, besides PATH, HOME, the locale and the pinned dates. CCACHE_DIR=/jkr/ccache with `build = "warm"` has the store's folder of ccache there; with DISTCC_HOSTS compiles may go to the machines of `--distcc-hosts`, in place of those that it names.
---@field config? jkr.Source A file that becomes `.config` of the build folder before make runs.
---@field objects? jkr.Source A result that /jkr/build begins as, such as the `devel` of a kernel; changes are thrown away.
---@field mounts? table<string, jkr.Source> More trees, by the place below /jkr where they stand; changes are thrown away.
---@field after? jkr.Source A script for `/bin/sh -e` that runs when make ended, with make's words without targets as its arguments; what it writes into the build folder stays there.
---@field after_mounts? table<string, jkr.Source> More trees for that script alone, by place as in `mounts`: another one of them compiles nothing again.
---@field outputs table<string|integer, jkr.Scalar> What the step gives: name in the result to path in the build folder (in the source without `objdir`), or "out:PATH", "build:PATH", "src:PATH", "/jkr/PATH"; an item without a name has its path as name. `*` and `?` match within a folder, `**/` at any depth. Each must be there and hold something after make ended.
---@field exclude? string|jkr.Text|(string|jkr.Text)[] Names of files that stay out of the outputs, such as "*.o".
---@field dir? string The folder inside the source that holds the makefile.
---@field build? "warm"|"fresh" Whether /jkr/build is kept on the side for the next run of this step; the result is the same. Not kept where an output is a pattern in it, which would match what an earlier build left.
---@field objdir? boolean Whether make gets O=/jkr/build; otherwise it builds in the source.
---@field readonly? boolean Whether what make writes into the source fails. To open its files is quicker then, which who compiles by ccache notices.
---@field allow_warnings? boolean Whether undefined symbols that modpost only warns about are let pass.

---Runs make in a sandbox that holds the toolchain's image and the source, without network, and takes the declared outputs. Dates, user, host and locale are pinned, and all makes of a run share its job slots. Undefined symbols that modpost only warns about are a failure, and so is an output that is missing.
---@overload fun(params: jkr.make_in_container.params): jkr.Step
---@param name string
---@return fun(params: jkr.make_in_container.params): jkr.Step
function make_in_container(name) end

---@class jkr.manifest_check.params: jkr.StepParams
---@field [integer] jkr.Source What is delivered, with the manifest in it. Inside a tree: the steps before it.
---@field source? jkr.Source What is delivered, with the manifest in it. Inside a tree: the steps before it.
---@field folder? string The folder in it that is looked at; paths count from there. All of it unless told.
---@field path? string The manifest in it.

---Checks that each file which a manifest lists as delivered is there with the bytes that it was built with, wherever it lies.
---@overload fun(params: jkr.manifest_check.params): jkr.Step
---@param name string
---@return fun(params: jkr.manifest_check.params): jkr.Step
function manifest_check(name) end

---@class jkr.module_check.params: jkr.StepParams
---@field [integer] jkr.Source What holds lib/modules/RELEASE, such as the result of `depmod` or a root file system. Inside a tree: the steps before it.
---@field root? jkr.Source What holds lib/modules/RELEASE, such as the result of `depmod` or a root file system. Inside a tree: the steps before it.
---@field folder? string The folder in it that is looked at; paths count from there. All of it unless told.
---@field present? string|jkr.Text|(string|jkr.Text)[] Modules that must be there, or built into the kernel as modules.builtin has them: what the boot needs.
---@field loadable? string|jkr.Text|(string|jkr.Text)[] Modules that must be there as files.
---@field absent? string|jkr.Text|(string|jkr.Text)[] Modules that must be neither.
---@field replaces? string|jkr.Text|(string|jkr.Text)[] Modules of the kernel that one in updates/ or extra/ replaces: with `once` they may be there twice.
---@field release? string|jkr.Text The kernel's release; unless told there must be modules of only one.
---@field unused? string|jkr.Text A release of which no modules may be there: that of a kernel that shall get a folder of its own, and not share it with the one that a root file system brings.
---@field once? boolean Whether no module may be there twice, but for those that `replaces` names.
---@field indexed? boolean Whether modules.dep must name every module that is there, and no other.

---Checks the modules of a root file system by name: those that it needs are there or built in, none is there twice unless it replaces the kernel's own, and modules.dep, with the index that modprobe reads, names exactly what is there. `vermagic_check` says whether they load.
---@overload fun(params: jkr.module_check.params): jkr.Step
---@param name string
---@return fun(params: jkr.module_check.params): jkr.Step
function module_check(name) end

---@class jkr.overlay_check.params: jkr.StepParams
---@field [integer] jkr.Source|jkr.Source[] The overlays, one file each.
---@field overlays? jkr.Source|jkr.Source[] The overlays, one file each.
---@field base jkr.Source The device tree that each of them must apply to.
---@field together? boolean Whether the base gets all of them, one upon the other in this order, as by a loader: then no two may write one property with different values, of which the last would win in silence.
---@field any_board? boolean Whether an overlay may say by its `compatible` that it is for other boards than the base is, as all of Raspberry Pi's do.
---@field new_libfdt? boolean Whether what loads the overlays has libfdt 1.7.1 or later, which leaves the phandle of a node whose fragment has a label as it is.

---Checks overlays that are compiled already: each is an overlay, holds something, every label it needs is in the base, it is for that board, and what it does to the base is what its author can have meant: no phandle or label of the base becomes another, and `reg` fits the bus. `dtbo_compile` does the same for those that it makes.
---@overload fun(params: jkr.overlay_check.params): jkr.Step
---@param name string
---@return fun(params: jkr.overlay_check.params): jkr.Step
function overlay_check(name) end

---@class jkr.pack.params: jkr.StepParams
---@field [integer] jkr.Source|jkr.Source[] What is packed, laid out as copy does: a file under its own name, of a folder or a result what it holds.
---@field sources? jkr.Source|jkr.Source[] What is packed, laid out as copy does: a file under its own name, of a folder or a result what it holds.
---@field name string The archive's name in the result, such as "rootfs.tar.zst".
---@field format? "tar.zst"|"tar.xz"|"tar.gz"|"tar" How it is packed; taken from the name unless told.
---@field prefix? string A folder that everything lies in, inside the archive.
---@field level? integer How hard is tried to make it small: up to 9, for zst up to 19; 0 is what the program does unasked.
---@field exclude? string|jkr.Text|(string|jkr.Text)[] Patterns of what is left out, as in copy. Each must match something.

---Packs files and results into one archive. Entries are sorted, their time is the build's epoch, owners, modes, devices and extended attributes are those of the result; equal contents give equal bytes, however many processors work on it.
---@overload fun(params: jkr.pack.params): jkr.Step
---@param name string
---@return fun(params: jkr.pack.params): jkr.Step
function pack(name) end

---@class jkr.patch.params: jkr.StepParams
---@field [integer] jkr.Source|jkr.Source[] The patches, in the order they are applied: files of the project, or in a result; of a folder in a result those that lie in it and end in .patch, by name. Of a mailbox (.mbox, .mbx) all mails are applied in order, of a maildir all by name, each as `git am` would; their authors, dates and subjects are kept in the record. Mail N of a mailbox is called FILE#N.
---@field patches? jkr.Source|jkr.Source[] The patches, in the order they are applied: files of the project, or in a result; of a folder in a result those that lie in it and end in .patch, by name. Of a mailbox (.mbox, .mbx) all mails are applied in order, of a maildir all by name, each as `git am` would; their authors, dates and subjects are kept in the record. Mail N of a mailbox is called FILE#N.
---@field series? jkr.Source A quilt series: a file that lists patches beside it, one a line, with -pN where it is not 1.
---@field skip? string|jkr.Text|(string|jkr.Text)[] Names of patches to leave out, with `*` and `?`; each must match one.
---@field only? string|jkr.Text|(string|jkr.Text)[] Names of the patches to take, likewise; all when not said.
---@field strip? integer Folders taken off the names in a patch, like -p; found by looking for the files when not said, in a mail 1.
---@field fuzz? integer Lines at the ends of a hunk's context that may differ; each use is noted.
---@field reverse? boolean Whether the patches are taken back, last first.
---@field into? string Folder of the tree that the names in the patches start at.

---Applies patches to a tree, all or none. Every old line must be there byte by byte; a hunk that moved is noted, one that does not fit fails with the nearest lines, and so does a patch that is already applied.
---@overload fun(params: jkr.patch.params): jkr.Step
---@param name string
---@return fun(params: jkr.patch.params): jkr.Step
function patch(name) end

---@class jkr.run_in_container.params: jkr.StepParams
---@field [integer] string|jkr.Text|(string|jkr.Text)[] One program with its arguments, each an item; no shell looks at them.
---@field argv? string|jkr.Text|(string|jkr.Text)[] One program with its arguments, each an item; no shell looks at them.
---@field toolchain jkr.Step The image with the programs, from `toolchain`.
---@field commands? string|jkr.Text|(string|jkr.Text)[] Several programs, in order: each item is split at blanks and nothing else; the first failure ends the step.
---@field script? jkr.Source A file that is run by `/bin/sh -e`, with `argv` as its arguments.
---@field mounts? table<string, jkr.Source> Trees, by the place below /jkr where they stand; changes are thrown away.
---@field env? table<string|integer, jkr.Scalar> Environment, besides PATH, HOME, the locale and the pinned dates.
---@field outputs? table<string|integer, jkr.Scalar> What the step gives, when it has no `on`: name in the result to path below /jkr/out; an item without a name has its path as name. Without it, all of /jkr/out. `*` and `?` match within a folder, `**/` at any depth.
---@field exclude? string|jkr.Text|(string|jkr.Text)[] Names of files that stay out of the outputs.
---@field capture? string A file of the result that takes what the program says on stdout.
---@field expect? string|jkr.Text|(string|jkr.Text)[] Texts that the programs must say; one that did not come is a failed check.
---@field stdin? string|jkr.Text A text that the program can read from its input.
---@field cwd? string|jkr.Text The folder that it starts in: /jkr/src with `on`, else /jkr/out, unless told.
---@field jobs? boolean Whether the programs run makes, which then share the job slots of the run and need no -j.

---Runs programs in a sandbox that holds the toolchain's image, without network. With `on`, the tree stands at /jkr/src and the result is that tree with what the programs changed; without, the result is what they leave in /jkr/out.
---@overload fun(params: jkr.run_in_container.params): jkr.Step
---@param name string
---@return fun(params: jkr.run_in_container.params): jkr.Step
function run_in_container(name) end

---@class jkr.untar.params: jkr.StepParams
---@field [integer] jkr.Source|jkr.Source[] The archives: files of the project, results that are one file, or paths in results. Several are unpacked one over the other, in order. The content says what each is: tar, zip or a Debian package (whose data is unpacked), plain or compressed with gzip, bzip2, xz, lzma or zstd.
---@field archives? jkr.Source|jkr.Source[] The archives: files of the project, results that are one file, or paths in results. Several are unpacked one over the other, in order. The content says what each is: tar, zip or a Debian package (whose data is unpacked), plain or compressed with gzip, bzip2, xz, lzma or zstd.
---@field strip? integer Leading folders that are taken off every name; a `./` in front is not counted. Files above are left out, with a note.
---@field only? string|jkr.Text|(string|jkr.Text)[] What is unpacked: names as `tar -t` prints them, before `strip`, each with all below it. `*` and `?` match within one component. A pattern that matches nothing is an error.
---@field skip? string|jkr.Text|(string|jkr.Text)[] What is left out, written like `only` and stronger than it. A pattern that matches nothing is an error.
---@field inner? string|jkr.Text|(string|jkr.Text)[] The archive inside the archive that is unpacked instead, by its name in it; several lead further inwards. It is read as it comes, without a temporary file.
---@field sha256? string The hash of the archive file, compared before it is opened; only with one archive.
---@field into? string The folder of the result to unpack into; without it the result's root.
---@field rootfs? boolean Whether the archive is a root file system: owners, setuid bits, devices and extended attributes are kept in the tree's list. A source tree has none of them: devices are refused, the rest is dropped with a note.
---@field max_size? integer|string Most bytes that all files together may have.
---@field max_files? integer Most entries that may be unpacked.
---@field ratio? integer Most bytes that may come out of one byte of the archive, asked from 100 MiB on.

---Unpacks archives into a tree. Refused with the entry's name: names that climb, are absolute or go through a symlink, hard links to anything but an earlier file, devices, archives that are damaged, truncated or grow beyond the limits. Of two entries with one name the last counts, with a note. Times are not kept; the newest becomes the date that later steps build with.
---@overload fun(params: jkr.untar.params): jkr.Step
---@param name string
---@return fun(params: jkr.untar.params): jkr.Step
function untar(name) end

---@class jkr.vermagic_check.params: jkr.StepParams
---@field [integer] jkr.Source|jkr.Source[] The modules: results, folders or files. Every .ko in them is checked, also .ko.gz, .ko.xz and .ko.zst.
---@field modules? jkr.Source|jkr.Source[] The modules: results, folders or files. Every .ko in them is checked, also .ko.gz, .ko.xz and .ko.zst.
---@field kernel? jkr.Step The kernel that shall load them: a result with its devel files (.config, include/config/kernel.release, Module.symvers) at its top or in devel/.
---@field release? string|jkr.Text The kernel's release, instead of what `kernel` says.
---@field config? jkr.Source The kernel's .config, instead of that of `kernel`.
---@field symvers? jkr.Source|jkr.Source[] Module.symvers files of the kernel and of other modules, instead of that of `kernel`.
---@field image? jkr.Source The kernel's image (Image, Image.gz, bzImage, vmlinuz): what it exports itself, with its CRCs, stands before what Module.symvers says, and the keys in it are those that modules must be signed by where the kernel wants signatures.
---@field certificates? jkr.Source|jkr.Source[] Certificates, in DER or PEM, of which one must have signed every module, also where the kernel loads others.
---@field arch? "arm64"|"arm"|"x86_64"|"i386"|"riscv"|"powerpc"|"mips"|"s390"|"loongarch" The architecture; from the .config where it is not given.
---@field symbols? boolean Whether every symbol must be exported by somebody, with the CRC that the module was built against.
---@field allow? string|jkr.Text|(string|jkr.Text)[] Modules, by name or path, that may misfit; the record names them.
---@field replaces? string|jkr.Text|(string|jkr.Text)[] Modules of the kernel that one built outside replaces: they may be there twice. The same list as `depmod` takes.
---@field allow_missing? string|jkr.Text|(string|jkr.Text)[] Symbols that nobody need export.

---Checks that modules can be loaded by a kernel. Compares vermagic and architecture of every module and, with `symbols`, each symbol and its CRC; a damaged module, an unsigned one where the kernel wants signatures, and a check over no modules fail too.
---@overload fun(params: jkr.vermagic_check.params): jkr.Step
---@param name string
---@return fun(params: jkr.vermagic_check.params): jkr.Step
function vermagic_check(name) end

---@class jkr.write.params: jkr.StepParams
---@field path string The file, inside the result; folders above it are made.
---@field text string|jkr.Text What the file holds, to the byte.
---@field mode? string|jkr.Text Who may do what with it, in octal: "0644", "0755".

---Writes a text to a file. Onto a tree it adds the file or replaces the one that is there.
---@overload fun(params: jkr.write.params): jkr.Step
---@param name string
---@return fun(params: jkr.write.params): jkr.Step
function write(name) end

---@class jkr.boot.params
---@field expect string|jkr.Text|(string|jkr.Text)[] Texts that must come on the console.
---@field kernel jkr.Step The kernel, from `kernel`.
---@field append? string|jkr.Text What follows the console on the kernel's command line.
---@field console? string|jkr.Text The serial line that is the console; that of the architecture's usual machine when it is left out.
---@field cpus? integer The machine's processors.
---@field dtb? jkr.Source The device tree; QEMU's own when it is left out.
---@field emulator? jkr.Source QEMU itself, a program that was built, in place of the image's; `qemu` is what it runs in.
---@field init? jkr.Source The first program: C source without a library, compiled by the kernel's toolchain. Unless told it is one that says the kernel's version and the machine's model, loads the modules and ends; with the word `crash` in `append` it makes the kernel panic (CONFIG_MAGIC_SYSRQ), with `show=FILE` it shows that file of the guest before and after it loads the modules.
---@field machine? string|jkr.Text The machine, by QEMU's name, such as "vexpress-a9"; QEMU chooses its processor. Unless told it is virt, of x86 pc.
---@field memory? string|jkr.Text The machine's memory, as QEMU takes it.
---@field modules? jkr.Source|jkr.Source[] Results whose .ko files go into /modules of the initramfs.
---@field overlays? jkr.Source|jkr.Source[] Overlays that are applied to `dtb`, in this order.
---@field qemu? jkr.Step The image that holds QEMU; the toolchain `qemu`, `qemu-x86` or `qemu-riscv` when it is left out.
---@field timeout? integer Seconds after which the machine is stopped.

---@class jkr.boot: jkr.Step
---@field console any what came on the console

---Boots a kernel in QEMU, without network, with an initramfs that this step makes: the program `init`, and the modules in /modules. Overlays are applied to the device tree first. Every line of `expect` must come on the console before the time is over, and the machine must end by itself: switch off, or start again. The console is the step's log.
---@overload fun(params: jkr.boot.params): jkr.boot
---@param name string
---@return fun(params: jkr.boot.params): jkr.boot
function boot(name) end

---@class jkr.bundle.params
---@field [integer] jkr.Source|jkr.Source[] What is delivered. A file comes under its own name; of a folder or a whole result comes what it holds.
---@field sources? jkr.Source|jkr.Source[] What is delivered. A file comes under its own name; of a folder or a whole result comes what it holds.
---@field exclude? string|jkr.Text|(string|jkr.Text)[] Patterns of what stays behind.
---@field format? "tar.zst"|"tar.xz"|"tar.gz"|"tar" An archive instead of a tree.
---@field into? string The folder that takes it; the top unless told.

---@class jkr.bundle: jkr.Step
---@field tree any What is delivered, as a tree.

---What a recipe delivers: files and results side by side in one tree, and an archive of them where a format is asked for.
---@overload fun(params: jkr.bundle.params): jkr.bundle
---@param name string
---@return fun(params: jkr.bundle.params): jkr.bundle
function bundle(name) end

---@class jkr.depmod.params
---@field kernel jkr.Step The kernel that loads them.
---@field [integer] jkr.Source|jkr.Source[] Results with lib/modules/RELEASE in them; later ones win.
---@field sources? jkr.Source|jkr.Source[] Results with lib/modules/RELEASE in them; later ones win.
---@field beside? jkr.Source|jkr.Source[] What brings a kernel of its own, such as the root file system: it may have no modules of this release, or two kernels would share lib/modules/RELEASE. Left out where this kernel is to take its place.
---@field newest_kmod? integer The newest kmod whose indexes the target reads: 31 and later write what 29 and 30 cannot.
---@field replaces? string|jkr.Text|(string|jkr.Text)[] Modules of the kernel that one built outside replaces: they may be there twice.

---@class jkr.depmod: jkr.Step

---lib/modules/RELEASE of a target: the kernel's modules and those built outside, one over the other, with depmod's indexes, the link `build` to the headers on the target, and boot/System.map-RELEASE. An index of a kmod that is newer than the target's cannot be read there, so a newer one is a failure; so is a module that is there twice under one name in one folder.
---@overload fun(params: jkr.depmod.params): jkr.depmod
---@param name string
---@return fun(params: jkr.depmod.params): jkr.depmod
function depmod(name) end

---@class jkr.devicetree.params
---@field [integer] jkr.Source The .dts file: of the project, or in a result.
---@field source? jkr.Source The .dts file: of the project, or in a result.
---@field toolchain jkr.Step The image that holds cpp and dtc.
---@field defines? table<string|integer, jkr.Scalar> Macros of the preprocessor.
---@field include? jkr.Source|jkr.Source[] Folders that #include and /incbin/ may read; name the source's own folder, too, where it includes from there.
---@field name? string|jkr.Text The name of the .dtb file; the source's name when it is left out.
---@field symbols? boolean Whether labels are kept for overlays (dtc -@).

---@class jkr.devicetree: jkr.Step

---A device tree compiled from source: C preprocessor, then dtc. With symbols, so that overlays can be applied by label.
---@overload fun(params: jkr.devicetree.params): jkr.devicetree
---@param name string
---@return fun(params: jkr.devicetree.params): jkr.devicetree
function devicetree(name) end

---@class jkr.kernel.params
---@field [integer] jkr.Source The kernel's source: a tree, a path in one, or a folder.
---@field source? jkr.Source The kernel's source: a tree, a path in one, or a folder.
---@field toolchain jkr.Step The compilers, and the image that they run in.
---@field allow? string|jkr.Text|(string|jkr.Text)[] Symbols that may get another value than asked.
---@field arch? "arm"|"arm64"|"riscv"|"x86" The kernel's name of the architecture (ARCH).
---@field base? string|jkr.Text|(string|jkr.Text)[] The goals of make that give the base configuration, one after the other, such as "defconfig", which it is unless told, and "hardening.config" of the tree's own fragments.
---@field config? jkr.Symbols Kconfig symbols and fragments, on top of the base.
---@field fragments? string|jkr.Text|(string|jkr.Text)[] Names of the library, in place of the base: "core/64bit" is fragments/core/64bit.config of the recipe's project: of an import (`use "git+…"`) its own, of another file of the project (`use "other/c.lua"`) the project's, wherever that file lies. They are merged in the canonical order, builtin last, whatever the order here; what none of them sets is off (`make allnoconfig` with KCONFIG_ALLCONFIG). All are checked.
---@field images? string|string[] Images to build in place of the architecture's own, of what it has; each is checked as a boot loader reads it (`kernel_image_check`); the modules come with them unless `targets` says otherwise. A uImage needs u-boot-tools in the toolchain's image, and for arm LOADADDR in `variables`.
---@field label? string|jkr.Text A word for the kernel's release: it becomes VERSION, localversion, this word and 12 digits that stand for configuration, toolchain, make's variables and source (`jkr doc kernel_label` has the formula). `series`, `tag` and `ref` give the word where this does not.
---@field localversion? string|jkr.Text What follows the version in the kernel's release (CONFIG_LOCALVERSION).
---@field preset? jkr.Source A file of symbols in place of the base: what it does not set has its default (`make alldefconfig` with KCONFIG_ALLCONFIG). Its symbols are asked for and checked.
---@field readonly? boolean Whether a build that writes into the source fails. Kbuild writes into its build directory alone; false is for a tree whose own makefiles do not.
---@field reads? string|jkr.Text|(string|jkr.Text)[] More of the source that configuring reads, as patterns of `copy`'s `only`, where a tree has it under other names than Kconfig*, Makefile* and Kbuild* or outside of folders called scripts and configs. An edit of anything else configures nothing anew.
---@field ref? string|jkr.Text What else was checked out, such as a branch: it is the word.
---@field saved? jkr.Source A .config that somebody kept, in place of the base. What it sets is not asked for: what this tree does not know of it is dropped.
---@field series? jkr.Source A mailbox whose first subject gives the word, with -vN from the second version on.
---@field tag? string|jkr.Text The tag that was checked out: the word is `vanilla`.
---@field targets? string|jkr.Text|(string|jkr.Text)[] What make builds; the architecture's image and the modules when it is left out. "bindeb-pkg" makes Debian packages; the toolchain's image needs dpkg-dev and debhelper for it.
---@field timeout? integer Seconds after which the compile is stopped.
---@field variables? table<string|integer, jkr.Scalar> More variables on make's command line.

---@class jkr.kernel: jkr.Step
---@field Image any the image that boots, under its name in the kernel's tree; of several the first
---@field boot any with `images`: each of them, System.map and config, named by release as in /boot
---@field config any the whole configuration
---@field debs any the Debian packages, when the targets name bindeb-pkg; the kernel's scripts write the date of the build into their changelog
---@field devel any what external modules build against: headers, scripts, Module.symvers, .config
---@field dtbs any the device trees, when the targets name dtbs
---@field gdb any the tree's scripts for gdb, when the targets name scripts_gdb: vmlinux-gdb.py beside a vmlinux finds the rest
---@field modules any lib/modules/RELEASE, as `make modules_install` lays it out, without the links to the build directory
---@field release any the release, as `uname -r` says it
---@field rust_project any rust-project.json, when the targets name rust-analyzer and the configuration has RUST
---@field source any the source that was built
---@field toolchain any the compilers that built it
---@field variables any what was on make's command line

---A Linux kernel. The base configuration is made by the kernel's own make, the symbols that are asked for are appended, `olddefconfig` makes the rest, and every symbol is checked before anything is compiled: one that did not get its value fails at its line, with the clause of its dependency that is false. Compiling goes into a warm build directory, so that a change compiles what it touches. The base is what goals of make give (`base`), a file in place of all defaults (`preset`), names of the project's library of fragments with everything else off (`fragments`), or a configuration that somebody kept (`saved`): one of them.
---@overload fun(params: jkr.kernel.params): jkr.kernel
---@param name string
---@return fun(params: jkr.kernel.params): jkr.kernel
function kernel(name) end

---@class jkr.kernel_devel.params
---@field [integer] jkr.Step The kernel, from `kernel`; its targets must name modules.
---@field kernel? jkr.Step The kernel, from `kernel`; its targets must name modules.

---@class jkr.kernel_devel: jkr.Step

---What modules of a kernel are built against on another machine, with the same compilers and no jkr: headers, scripts with their programs, Module.symvers and .config in usr/src/linux-headers-RELEASE, and the links lib/modules/RELEASE/build and source that lead there. `make -C …/lib/modules/RELEASE/build ARCH=… CROSS_COMPILE=… M=$PWD modules` does the rest. The programs are those of the machine that built the kernel; `kernel_headers` makes the same for the machine that runs it.
---@overload fun(params: jkr.kernel_devel.params): jkr.kernel_devel
---@param name string
---@return fun(params: jkr.kernel_devel.params): jkr.kernel_devel
function kernel_devel(name) end

---@class jkr.kernel_headers.params
---@field [integer] jkr.Step The kernel, from `kernel`.
---@field kernel? jkr.Step The kernel, from `kernel`.
---@field version? string|jkr.Text The version of the package.

---@class jkr.kernel_headers: jkr.Step
---@field package any the folder with linux-headers-RELEASE_VERSION_ARCH.deb, ARCH being Debian's name of it
---@field tree any usr/src/linux-headers-RELEASE

---The headers of a kernel for the machine that runs it: usr/src/linux-headers-RELEASE, and the same as a Debian package. The programs in scripts/ are compiled for the target, so that `make -C /lib/modules/RELEASE/build M=…` works there.
---@overload fun(params: jkr.kernel_headers.params): jkr.kernel_headers
---@param name string
---@return fun(params: jkr.kernel_headers.params): jkr.kernel_headers
function kernel_headers(name) end

---@class jkr.l4t_audit.params
---@field fdt string|jkr.Text The device tree as extlinux.conf names it.
---@field [integer] jkr.Step Linux_for_Tegra as it is delivered.
---@field image? jkr.Step Linux_for_Tegra as it is delivered.
---@field kernel jkr.Step The kernel, from `kernel`.
---@field args? string|jkr.Text|(string|jkr.Text)[] Arguments of the kernel in extlinux.conf.
---@field initrd? jkr.Source `list` of `l4t_initrd`, where an initrd is made.
---@field later? string|jkr.Text|(string|jkr.Text)[] Files in extlinux.conf that NVIDIA's flash tools bring.
---@field loadable? string|jkr.Text|(string|jkr.Text)[] Modules that must be there as files.
---@field manifest? string|jkr.Text The manifest in the tree, such as BUILD_MANIFEST.json: every file it lists must be there.
---@field more? any Checks without something to look at, such as `audit` of plugins: they look at the tree.
---@field needs? string|jkr.Text|(string|jkr.Text)[] Modules without which it does not boot: as files or built in.
---@field overlays? string|jkr.Text|(string|jkr.Text)[] The overlays that extlinux.conf names, in this order; none unless told.
---@field replaces? string|jkr.Text|(string|jkr.Text)[] Modules of the kernel that one built outside replaces, as for `depmod`.
---@field rt? boolean Whether it is PREEMPT_RT.
---@field storage? string|jkr.Text The device that the flash tool's command line names as root.
---@field without? string|jkr.Text|(string|jkr.Text)[] Names of arguments that must not be there: with cma= the GPU gets no memory.

---@class jkr.l4t_audit: jkr.Step

---Checks a Linux_for_Tegra before it is flashed: the kernel image and its release, PREEMPT_RT, the modules, the boot menu with its device tree and overlays, headers, host keys, manifest. Each is a step of its own, and a row of `jkr audit`; a run delivers nothing while one fails. Its result is the tree that was given.
---@overload fun(params: jkr.l4t_audit.params): jkr.l4t_audit
---@param name string
---@return fun(params: jkr.l4t_audit.params): jkr.l4t_audit
function l4t_audit(name) end

---@class jkr.l4t_dtbs.params
---@field kernel jkr.Step The kernel, from `kernel`, whose dtc compiles them.
---@field [integer] jkr.Source The source/ folder of Linux for Tegra.
---@field source? jkr.Source The source/ folder of Linux for Tegra.
---@field defines? table<string|integer, jkr.Scalar> More macros of the preprocessor. What vendors put behind BUILDOVERLAY is not there without it: NVIDIA's makefile does not define it.

---@class jkr.l4t_dtbs: jkr.Step
---@field dtbs any the .dtb and .dtbo files, side by side
---@field source any the sources that they were compiled from

---The device trees and overlays that the makefiles under hardware/ register, compiled by `make dtbs` of source/. Only device trees, the kernel's headers for them and its dtc go in, so a changed driver compiles no device tree.
---@overload fun(params: jkr.l4t_dtbs.params): jkr.l4t_dtbs
---@param name string
---@return fun(params: jkr.l4t_dtbs.params): jkr.l4t_dtbs
function l4t_dtbs(name) end

---@class jkr.l4t_initrd.params
---@field [integer] jkr.Source The initrd, such as bootloader/l4t_initrd.img of the BSP.
---@field initrd? jkr.Source The initrd, such as bootloader/l4t_initrd.img of the BSP.
---@field kernel jkr.Step The kernel, from `kernel`.
---@field modules jkr.Source lib/modules/RELEASE, from `depmod`.
---@field name? string|jkr.Text The name of the result's file.

---@class jkr.l4t_initrd: jkr.Step
---@field image any the initrd
---@field list any what became of each module

---An initrd, a compressed cpio archive, in which every kernel module is replaced by that of this kernel. One that this kernel has built in is taken out; one that it has neither as a module nor built in is a failure. The step's log lists what became of each, and the result `initrd.txt` does.
---@overload fun(params: jkr.l4t_initrd.params): jkr.l4t_initrd
---@param name string
---@return fun(params: jkr.l4t_initrd.params): jkr.l4t_initrd
function l4t_initrd(name) end

---@class jkr.l4t_modules.params
---@field kernel jkr.Step The kernel, from `kernel`.
---@field [integer] jkr.Source The source/ folder of Linux for Tegra.
---@field source? jkr.Source The source/ folder of Linux for Tegra.
---@field rt? boolean Whether the kernel is PREEMPT_RT: nvdisplay refuses one that nobody vouches for.

---@class jkr.l4t_modules: jkr.Step
---@field mounts any what modules that use them find beside their own source: /jkr/l4t/nvidia-oot, hwpm, conftest, nvethernetrm
---@field oot any the modules of nvidia-oot, and what others need of them
---@field symvers any Module.symvers of hwpm and of nvidia-oot, a list for `modules`
---@field variables any the variables that their makefiles read

---NVIDIA's out-of-tree modules: hwpm, nvidia-oot, nvgpu and nvdisplay, each a step of its own that gets the Module.symvers of those it uses. conftest asks the kernel's headers first what they offer. The result is lib/modules/RELEASE/updates.
---@overload fun(params: jkr.l4t_modules.params): jkr.l4t_modules
---@param name string
---@return fun(params: jkr.l4t_modules.params): jkr.l4t_modules
function l4t_modules(name) end

---@class jkr.l4t_source.params
---@field [integer] jkr.Source public_sources.tbz2, as it was fetched.
---@field public? jkr.Source public_sources.tbz2, as it was fetched.
---@field archives? string|jkr.Text|(string|jkr.Text)[] The archives in it that are unpacked, without their ending.
---@field folder? string Where they lie in it.

---@class jkr.l4t_source: jkr.Step

---The source/ folder of Linux for Tegra: kernel, out-of-tree modules and display driver, unpacked from the archives that lie in public_sources.tbz2. They are read as they come, without temporary files.
---@overload fun(params: jkr.l4t_source.params): jkr.l4t_source
---@param name string
---@return fun(params: jkr.l4t_source.params): jkr.l4t_source
function l4t_source(name) end

---@class jkr.livepatch.params
---@field kernel jkr.Step The kernel that runs, from `kernel`; its targets must name modules.
---@field [integer] jkr.Source|jkr.Source[] The patches, with one folder before each name (-p1).
---@field patches? jkr.Source|jkr.Source[] The patches, with one folder before each name (-p1).

---@class jkr.livepatch: jkr.Step
---@field functions any the functions, a line each: `=` takes the place of one, `+` is new; the object it is in

---A live patch for x86-64: a module that, when it is loaded, leads calls of the functions that patches change to the new ones. The kernel is compiled once more with a section for each function, in a warm directory of its own, then the patched source over it; of each object that differs the functions are compared by what they do, and those that differ come into the module, with what is new beside them. All else they use is the running kernel's, static variables too. Data that change, code that runs once at boot, assembler, modules, new files and names that the kernel has twice are refused by name. The kernel needs LIVEPATCH and KALLSYMS_ALL.
---@overload fun(params: jkr.livepatch.params): jkr.livepatch
---@param name string
---@return fun(params: jkr.livepatch.params): jkr.livepatch
function livepatch(name) end

---@class jkr.manifest.params
---@field [integer] jkr.Source|jkr.Source[] What is delivered.
---@field outputs? jkr.Source|jkr.Source[] What is delivered.
---@field defconfig? jkr.Source The configuration that was asked for; what the kernel was configured with unless told.
---@field exclude? string|jkr.Text|(string|jkr.Text)[] Patterns of what is not listed.
---@field fields? table<string|integer, jkr.Scalar> More fields, such as a board's name or the commit of a project; they replace those of the same name.
---@field from? jkr.Source|jkr.Source[] What goes in as it came: what it was made of counts, its files are not listed.
---@field headers? jkr.Source The package with the kernel's headers, or the folder that holds it.
---@field kernel? jkr.Step The kernel, from `kernel`.

---@class jkr.manifest: jkr.Step
---@field target any etc/jetson-av-build.json and usr/local/bin/jetson-av-version, for a root file system

---What a build is made of, as BUILD_MANIFEST.json: inputs, patches, options, toolchain, kernel, skipped inputs, and each file that is delivered, all with their hashes. It also gives the tree that a root file system takes: the same file as /etc/jetson-av-build.json, and /usr/local/bin/jetson-av-version, which reads it there.
---@overload fun(params: jkr.manifest.params): jkr.manifest
---@param name string
---@return fun(params: jkr.manifest.params): jkr.manifest
function manifest(name) end

---@class jkr.modules.params
---@field kernel jkr.Step The kernel, from `kernel`; its targets must name modules.
---@field [integer] jkr.Source The folder with the modules' Makefile (obj-m …).
---@field source? jkr.Source The folder with the modules' Makefile (obj-m …).
---@field dir? string The folder in the source that holds the makefile, where that includes what lies beside it.
---@field exports? boolean Whether these modules export symbols; then the output `symvers` lists them.
---@field install? string Where they go below lib/modules/RELEASE (INSTALL_MOD_DIR).
---@field mounts? table<string, jkr.Source> More trees that the makefile reads, by the place below /jkr where they stand; the source is at /jkr/ext.
---@field names? string|jkr.Text|(string|jkr.Text)[] The modules that must come of it. A makefile may leave one out, or go on after a failure, and make says nothing: then what is missing is named.
---@field symvers? jkr.Source|jkr.Source[] Module.symvers files of other modules whose symbols these use.
---@field variables? table<string|integer, jkr.Scalar> More variables on make's command line.

---@class jkr.modules: jkr.Step
---@field symvers any Module.symvers of these modules, for others that use their symbols

---Kernel modules built outside the kernel's tree, against what a kernel says it was built with: its headers, its configuration, its Module.symvers. A module that uses a symbol that nobody exports is a failure. The result is lib/modules/RELEASE/updates, as `make modules_install` lays it out; depmod is left to whoever makes the root file system.
---@overload fun(params: jkr.modules.params): jkr.modules
---@param name string
---@return fun(params: jkr.modules.params): jkr.modules
function modules(name) end
