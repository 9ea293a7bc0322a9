"""odd.py: random programs that call all that a recipe reaches with odd values; prints a count. See sandbox.sh.

The seed is printed with a fault; JKR_SEED begins there."""
import os, random, re, subprocess, sys, time

JKR = os.environ["JKR"]
SMALL = os.environ.get("TORTURE") == "small"
NAMES = [line.split()[0].replace("<meta>.__index", "").lstrip(".") for line in open(sys.argv[1]) if line.endswith((" function\n", " table\n", " userdata\n"))]
NAMES = sorted({n.split("<")[0] for n in NAMES if re.fullmatch(r"[a-z][a-z0-9_.]*", n.split("<")[0])})
VALUES = """nil true false 0 -1 1 255 256 2147483648 -2147483649 math.maxinteger math.mininteger 0.5 -0.0 1e308 1/0 -1/0
0/0 '' 'a' '%' '%s' '%d%5$x' '%b' '[' '[^' '(()' '%f[' '\\0' '\\255' '\\u{7fffffff}' '../../etc' '/' '//' '//x' 'a/../b'
('x'):rep(70000) {} {1,2,3} {nil,2} {[3]=1} {a=1} {{}} {{{{}}}} y m n pairs print_nothing
function(...)return...end function()error({})end function()end write{path='p',text='t'} (write'q'{path='p',text='t'})/'x'
write fragment'x' option tree{} recipe when(false,1) string table 'text' 'sha256' '16' '-p' ''..1 #'' '%99d' '!16i16' 'z' 's8'
""".split()
VALUES = [v for v in VALUES if "print_nothing" not in v]


def value(r, deep=0):
    k = r.random()
    if deep < 3 and k < 0.15:
        return "{" + ", ".join(value(r, deep + 1) for _ in range(r.randrange(4))) + "}"
    if deep < 3 and k < 0.25:
        keys = ("path", "text", "on", "name", "src", "url", "sha256", "steps", "params", "build", "default", "doc", "[1]", "[{}]")
        return "{" + ", ".join(f"{r.choice(keys)} = {value(r, deep + 1)}" for _ in range(r.randrange(4))) + "}"
    if deep < 2 and k < 0.35:
        return f"{r.choice(NAMES)}({value(r, deep + 1)}, {value(r, deep + 1)})"
    return r.choice(VALUES)


def line(r):
    args = ", ".join(value(r) for _ in range(r.randrange(5)))
    name, kept = r.choice(NAMES), f"v[{r.randrange(1, 9)}]"
    form = r.randrange(8)
    if form == 0:
        return f"pcall(function() {kept} = {name} {value(r)!s} end)" if r.random() < 0.2 else f"pcall(function() {kept} = {name}{{{args}}} end)"
    if form == 1:
        return f"pcall(function() {kept} = {name} '{r.choice('abcdefg')}' {{{args}}} end)"
    if form == 2:
        op = r.choice(("+", "-", "*", "/", "//", "%", "^", "..", "==", "<", "<=", "&", "|", "~", "<<", ">>", "and", "or"))
        return f"pcall(function() {kept} = {kept} {op} ({value(r)}) end)"
    if form == 3:
        return f"pcall(function() {kept} = ({value(r)})[{value(r)}] end)"
    if form == 4:
        return f"pcall(function() for a, b in {name}({args}) do v[1] = b break end end)"
    return f"pcall({name}{', ' if args else ''}{args})" if form == 5 else f"_, {kept} = pcall({name}, {kept}{', ' if args else ''}{args})"


def program(seed):
    r = random.Random(seed)
    lines = [line(r) for _ in range(r.randrange(5, 60))]
    return "local v, _ = {}, nil\n" + "\n".join(lines) + f"\nreturn {value(r) if r.random() < 0.5 else 'v[1]'}\n"


begin = int(os.environ.get("JKR_SEED", random.randrange(1 << 30)))
end = time.monotonic() + (5 if SMALL else 240)
done = failed = ok = 0
for seed in range(begin, begin + (150 if SMALL else 5000)):
    if time.monotonic() > end:
        break
    with open("odd.lua", "w") as f:
        f.write(program(seed))
    begun = time.monotonic()
    p = subprocess.run([JKR, "check", "odd.lua"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    took = time.monotonic() - begun
    done += 1
    ok += p.returncode == 0 or b"E0001" not in p.stderr
    crash = p.returncode < 0 or p.returncode not in (0, 1, 2, 4, 6) or re.search(rb"\((SEGV|ABRT|BUS|SYS|ILL)\)", p.stderr)
    if crash or took > 20 or len(p.stderr) > 65536:
        failed += 1
        print(f"sandbox: odd program JKR_SEED={seed}: {took:.1f} s, exit status {p.returncode}\n  {p.stderr[:300].decode('utf-8', 'replace')}")
if ok < done / 2:  # a generator whose programs are all refused by the reader tries nothing
    failed += 1
    print(f"sandbox: only {ok} of {done} odd programs are Lua")
print(f"torture sandbox-odd: {done} cases, {failed} failed ({len(NAMES)} names, {ok} ran, from seed {begin})")
sys.exit(failed != 0)
