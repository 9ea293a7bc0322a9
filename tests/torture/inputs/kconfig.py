"""kconfig: fragments, defconfigs and values that would say something else than they seem to."""
from case import accept, refuse

APPEND = 'return kconfig_append "c" { ".config", symbols = { fragment "x.config" } }\n'


def bad(id, what, text, *says, **more):
    return refuse(id, what, [says[0], "x.config", *says[1:]], files={"x.config": text}, recipe=APPEND, **more)


def good(id, what, text, out, **more):
    return accept(id, what, files={"x.config": text}, recipe=APPEND, out=None if out is None else {".config": out}, **more)


def value(id, what, v, *says, **more):
    return refuse(id, what, ["E0110|E0109|E0017|E0118|E0201", *says], recipe=f'return kconfig_append "c" {{ ".config", symbols = {{ {v} }} }}\n', **more)


def cases():
    at = "recipe.lua:1"
    yield value("LU-215", "CONFIG_A=y, a newline, CONFIG_MODULE_SIG=n", 'A = "y\\nCONFIG_MODULE_SIG=n"', at, small=True)
    yield value("LU-216", 'a text that holds a newline', 'A = "x\\ny"', at)
    yield accept("LU-217", "a text with quotes and backslashes is quoted", recipe='return kconfig_append "c" { ".config", symbols = { A = [[a"b\\c]] } }\n',
                 out={".config": 'CONFIG_A="a\\"b\\\\c"\n'})
    yield accept("LU-218", "$(shell …) is a text between quotes, which Kconfig does not expand in a .config",
                 recipe='return kconfig_append "c" { ".config", symbols = { A = "$(shell,touch /canary/evil)" } }\n', out={".config": 'CONFIG_A="$(shell,touch /canary/evil)"\n'})
    yield value("LU-219", "a name with a newline", '["A=y\\nCONFIG_B"] = y', at)
    yield value("LU-219a", "a name with a blank", '["A B"] = y', at)
    yield value("LU-219b", "a name of nothing", '[""] = y', at)
    yield value("LU-219c", "a name with CONFIG_", "CONFIG_A = y", at)
    yield value("LU-219d", "a list as a value", "A = { y }", at)
    yield value("LU-219e", "a function as a value", "A = write", at)
    yield value("LU-219f", "a number with a fraction", "A = 1.5", at)
    yield value("LU-219g", "NUL in a value", 'A = "a\\0b"', at)
    yield bad("KC-001", "a symbol set twice with different values", "CONFIG_A=y\nCONFIG_A=n\n", "E0202", "x.config:2", small=True)
    yield bad("KC-001a", "a symbol set and unset", "CONFIG_A=y\n# CONFIG_A is not set\n", "E0202", "x.config:2")
    yield bad("KC-002", "a quote that does not end", 'CONFIG_A="x\n', "E0201", "x.config:1")
    yield bad("KC-003", "a value that is none", "CONFIG_A=maybe\n", "E0201", "x.config:1")
    yield bad("KC-004", "$(shell …) without quotes", "CONFIG_A=$(shell,touch /canary/evil)\n", "E0201", "x.config:1")
    yield bad("KC-005", "a blank in front", "\n CONFIG_A=y\n", "E0201", "x.config:2")
    yield good("KC-006", "no final newline: nothing is joined", "CONFIG_A=y\nCONFIG_B=n", "CONFIG_A=y\n# CONFIG_B is not set\n")
    yield accept("KC-006a", "a defconfig without a final newline: nothing is joined", files={"src/defconfig": "CONFIG_Z=y", "x.config": "CONFIG_A=y"},
                 recipe='local src = copy "src" { "src" }\nreturn kconfig_append "c" { "defconfig", on = src, symbols = { fragment "x.config" } }\n',
                 out={"defconfig": "CONFIG_Z=y\nCONFIG_A=y\n"})
    yield bad("KC-007", "NUL and binary", b"CONFIG_A=y\0\nCONFIG_B=y\n", "E0201", "x.config:1")
    yield bad("KC-007a", "an ELF file", b"\x7fELF\2\1\1\0" + bytes(100), "E0201", "x.config:1")
    yield good("KC-007b", "invalid UTF-8 in a text: Kconfig knows only bytes", b'CONFIG_A="caf\xe9"\n', b'CONFIG_A="caf\xe9"\n')
    yield bad("KC-007c", "terminal escapes", 'CONFIG_A="\x1b[31m"\n', "E0201", "x.config:1")
    yield good("KC-008", "CRLF", "CONFIG_A=y\r\nCONFIG_B=m\r\n", "CONFIG_A=y\nCONFIG_B=m\n")
    yield good("KC-009", "200000 symbols in time", "".join(f"CONFIG_S{i}=y\n" for i in range(200000)), None, seconds=4)
    yield bad("KC-010", "one line of 2 MiB", "CONFIG_A=" + "y" * (2 << 20) + "\n", "E0201|E0205", "x.config:1")
    yield good("KC-011", "a number of 30 digits is Kconfig's to judge", "CONFIG_A=" + "9" * 30 + "\n", "CONFIG_A=" + "9" * 30 + "\n")
    yield bad("KC-012", "a line that is none", "PREEMPT_RT=y\n", "E0201", "x.config:1")
    yield bad("KC-013", "a merge conflict", "<<<<<<< HEAD\nCONFIG_A=y\n=======\nCONFIG_A=n\n>>>>>>> x\n", "E0201", "x.config:1", mistakes=4)
    yield accept("KC-014", "an empty fragment", files={"x.config": ""}, recipe='return kconfig_append "c" { ".config", symbols = { A = y, fragment "x.config" } }\n', out={".config": "CONFIG_A=y\n"})
    yield refuse("KC-015", "a fragment that is a fifo", ["E1011|E0008", "x.config"], files={"x.config": ("fifo",)}, recipe=APPEND)
    yield refuse("KC-016", "a fragment that is a link out of the project", ["E1011|E0011", "x.config"], files={"x.config": ("link", "/canary/file")}, recipe=APPEND)
    yield refuse("KC-017", "a defconfig that is a link in the tree", ["E0205", "defconfig"], files={"src/defconfig": ("link", "/canary/file")}, keeps=1,
                 recipe='local src = copy "src" { "src" }\nreturn kconfig_append "c" { "defconfig", on = src, symbols = { A = y } }\n')
    yield refuse("KC-018", "a defconfig that is a folder", ["E0205", "defconfig"], files={"src/defconfig/x": ""}, keeps=1,
                 recipe='local src = copy "src" { "src" }\nreturn kconfig_append "c" { "defconfig", on = src, symbols = { A = y } }\n')
    yield refuse("KC-019", "a .config that is larger than any", ["E0201|E0206|E0205|E0203", "config"], files={"big.config": "#" * (70 << 20)}, keeps=1,
                 recipe='return kconfig_check "k" { config = "big.config", symbols = { A = y } }\n')
    yield refuse("KC-020", "a symbol that the .config lacks", ["E0203", "NO_SUCH"], files={"x.config": "CONFIG_A=y\n"}, recipe='return kconfig_check "k" { config = "x.config", symbols = { NO_SUCH = y } }\n')
