"""A shared cache that misbehaves: a folder in Bazel's layout over HTTP, with a fault in some of its answers.

usage: cache_server.py FOLDER PORTFILE RATE SEED [KIND…]

Of RATE in a hundred answers one of the KINDs is wrong; the file FOLDER/faults counts them. The fault `slow` and
`stall` take seconds, so they are among the kinds only when named.
"""
import os
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER, PORTFILE, RATE, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
KINDS = sys.argv[5:] or ["error", "busy", "forbidden", "reset", "cut", "short", "flip", "zeros", "long", "other",
                         "empty", "page", "lost"]
dice, lock, count = random.Random(SEED), threading.Lock(), [0]


def fault():
    with lock:
        if dice.randrange(100) >= RATE:
            return None
        count[0] += 1
        with open(FOLDER + "/faults.new", "w") as f:
            f.write(str(count[0]))
        os.rename(FOLDER + "/faults.new", FOLDER + "/faults")
        return dice.choice(KINDS)


def other(path):
    folder = os.path.dirname(path)
    with lock:
        name = dice.choice(sorted(os.listdir(folder)))
    with open(folder + "/" + name, "rb") as f:
        return f.read()


def spoil(kind, body, path):
    if kind == "flip" and body:
        with lock:
            at = dice.randrange(len(body))
            return body[:at] + bytes([body[at] ^ 1 << dice.randrange(8)]) + body[at + 1:]
    if kind == "zeros":
        return bytes(len(body))
    if kind == "short":
        return body[:len(body) // 2]
    if kind == "long":
        return body + b"x"
    if kind == "other":
        return other(path)
    if kind == "empty":
        return b""
    if kind == "page":
        return b"<!DOCTYPE html><title>Sign in</title>" * 3
    return body


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", head=False):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not head:
            self.wfile.write(body)

    def drop(self):
        self.close_connection = True
        self.connection.close()

    def refused(self, kind):
        status = {"error": 500, "busy": 503, "forbidden": 403}.get(kind)
        if status:
            self.answer(status, b"no\n")
        elif kind == "reset":
            self.drop()
        return status or kind == "reset"

    def do_GET(self, head=False):
        path, kind = FOLDER + self.path, fault()
        if self.refused(kind):
            return
        if kind == "lost" or not os.path.isfile(path):
            self.answer(404)
            return
        with open(path, "rb") as f:
            body = f.read()
        whole = len(body)
        body = spoil(kind, body, path)
        if kind == "stall":
            time.sleep(60)
        if kind not in ("cut", "slow"):
            self.answer(200, body, head)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(whole))
        self.end_headers()
        if head:
            return
        if kind == "cut":
            self.wfile.write(body[:whole // 2])
            self.drop()
            return
        for i in range(whole):  # a byte a time
            self.wfile.write(body[i:i + 1])
            self.wfile.flush()
            time.sleep(0.05)

    def do_HEAD(self):
        self.do_GET(True)

    def do_PUT(self):
        path, kind = FOLDER + self.path, fault()
        if kind == "cut":
            self.rfile.read(int(self.headers["Content-Length"]) // 2)
            self.drop()
            return
        if kind == "reset":
            self.drop()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.refused(kind):
            return
        if os.path.exists(path):
            self.answer(412)
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        temp = "%s/.new-%d" % (os.path.dirname(path), threading.get_ident())
        with open(temp, "wb") as f:
            f.write(spoil(kind, body, path))  # a server that keeps it wrong
        os.rename(temp, path)
        self.answer(201)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
server.handle_error = lambda *args: None  # whoever hangs up does not matter here
with open(PORTFILE + ".new", "w") as f:
    f.write(str(server.server_address[1]))
os.rename(PORTFILE + ".new", PORTFILE)
server.serve_forever()
