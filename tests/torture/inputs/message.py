"""message: whether a refusal explains itself (P-24)."""
import re
import unicodedata

HEAD = re.compile(r"error\[(E\d{4})\]: (.+)$")
PLACE = re.compile(r"  --> ([^\s:][^:]*)(:\d+)?(:\d+)?$")
FORMS = [re.compile(f) for f in (
    r" *\d+ \| ?.*$", r" *\|( .*)?$", r" *\|$",   # the excerpt and its caret
    r"   = (help: |in |note: ).+$", r"   = .+$",   # help, who led here, a label
)]
ALSO = re.compile(r"(note|warning|error)(\[E\d{4}\])?: .+$")
LINES, BYTES = 14, 4096  # of one mistake: a sentence, a place, three lines of excerpt, helps


def unprintable(text):
    """the first character that a terminal would obey instead of show"""
    for c in text:
        kind = unicodedata.category(c)
        if c not in "\n\t" and kind in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and c != "\u00ad":
            return c
    return None


def decoded(raw, faults):
    try:
        text = raw.decode()
    except UnicodeDecodeError as e:
        faults.append(f"message: is no UTF-8: {e.object[e.start:e.end]!r}")
        return raw.decode(errors="replace")
    bad = unprintable(text)
    if bad:
        faults.append(f"message: holds {bad!r}")
    return text


def mistakes(text):
    """the messages of a text, each as its lines"""
    found = []
    for line in text.splitlines():
        if ALSO.match(line):
            found.append([line])
        elif found:
            found[-1].append(line)
        else:
            found.append([line])
    return found


def faults(c, result, table):
    bad = []
    text = decoded(result.err, bad)
    errors = [m for m in mistakes(text) if m[0].startswith("error")]
    if len(errors) != c.mistakes:
        bad.append(f"message: {len(errors)} mistakes, {c.mistakes} expected")
    if len(text) > BYTES * c.mistakes:
        bad.append(f"message: {len(text)} bytes")
    for lines in errors:
        bad += form(c, lines)
    want = c.says[0].split("|")  # several only where it depends on speed or memory which bound is met first
    seen = [HEAD.match(m[0]).group(1) for m in errors if HEAD.match(m[0])]
    hit = [code for code in seen if code in want]
    if not hit:
        bad.append(f"code: {', '.join(seen) or 'none'}, not {' or '.join(want)}")
    if result.status not in [table.get(code) for code in hit or want]:
        bad.append(f"status: {result.status}, and {want[0]} is {table.get(want[0])}")
    bad += [f"message: does not say {word!r}" for word in c.says[1:] if word not in text]
    return bad


def form(c, lines):
    bad = []
    if not HEAD.match(lines[0]):
        bad.append(f"message: no code: {lines[0][:80]!r}")
    place = [line for line in lines if PLACE.match(line) or line.startswith("   = in step")]
    if not any(re.search(r":\d", line) for line in place) and not (c.place and any(c.place in line for line in lines)):
        bad.append("message: no file and line")
    if len(lines) > LINES:
        bad.append(f"message: {len(lines)} lines")
    if any(len(line) > 1000 for line in lines):
        bad.append(f"message: a line of {max(map(len, lines))} bytes")
    for line in lines[1:]:
        if not PLACE.match(line) and not any(f.match(line) for f in FORMS):
            bad.append(f"message: a line of no known form: {line[:80]!r}")
    return bad


def notes(c, result):
    bad = []
    text = decoded(result.err, bad)
    if c.quiet and text:
        bad.append("message: an accepted input gave a note")
    bad += [f"message: does not say {word!r}" for word in c.says if word not in text]
    return bad
