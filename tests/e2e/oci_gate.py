#!/usr/bin/env python3
"""Stands in front of a registry on loopback and passes on what it is asked, but for what the file FAULTS says.

usage: oci_gate.py PORT FAULTS LOG     prints its own port

Each line of FAULTS is METHOD PATTERN ACTION [ARGUMENT]; the first whose method and pattern (of the path) fit is what
happens: `status N`, `cut N` (bytes of the body), `wrong` (a byte of it), `more` (a byte behind it), `drop`, `huge N`,
`hangup N` (after so many bytes of what is sent), `lost` (done, and the answer never comes), `slow SECONDS`,
`file NAME` (in place of the body), `redirect URL`, `token REALM` (asks for a bearer token, which REALM gives), `bad`
(the token's server gives none). LOG gets a line for each request: method, path, kind of Authorization.
"""
import http.client
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BACK, FAULTS, LOG = int(sys.argv[1]), sys.argv[2], sys.argv[3]


class Gate(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def fault(self):
        for line in open(FAULTS):
            word = line.split()
            if word and re.fullmatch(word[0], self.command) and re.search(word[1], self.path):
                return word[2], word[3] if len(word) > 3 else ""
        return "", ""

    def answer(self, status, headers, body, announced=None):
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        length = dict((k.lower(), v) for k, v in headers).get("content-length")
        if self.command == "HEAD" and length:
            self.send_header("Content-Length", length)
        else:
            self.send_header("Content-Length", str(len(body) if announced is None else announced))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if self.command != "HEAD":
            self.wfile.write(body)

    def pass_on(self, body):
        back = http.client.HTTPConnection("127.0.0.1", BACK, timeout=20)
        headers = {k: v for k, v in self.headers.items() if k.lower() != "connection"}
        back.request(self.command, self.path, body, headers)
        got = back.getresponse()
        return got.status, got.getheaders(), got.read()

    def token(self):
        auth = self.headers.get("Authorization", "")
        action = self.fault()[0]
        text = {"bad": b'{"no": 1}', "evil": b'{"token": "a\\r\\nX: y"}'}.get(action, b'{"token": "good"}')
        self.answer(401 if action == "status" else 200, [("X-Was", auth)], text)

    def handle_one(self):
        action, arg = self.fault()
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, int(arg)) if action == "hangup" else length) or None
        auth = self.headers.get("Authorization", "-")
        with open(LOG, "a") as log:
            log.write(f"{self.command} {self.path} {auth.split()[0]}\n")
        if self.path.startswith("/token"):
            return self.token()
        if action in ("drop", "hangup"):
            self.close_connection = True
            return self.connection.close()
        if action == "status":
            return self.answer(int(arg), [], b'{"errors": [{"code": "DENIED"}]}')
        if action == "redirect":
            return self.answer(307, [("Location", arg + self.path)], b"")
        if action == "huge":
            return self.answer(200, [], b" " * int(arg))
        if action == "file":
            return self.answer(200, [("Content-Type", "application/vnd.oci.image.manifest.v1+json")], open(arg, "rb").read())
        if action == "token" and auth != "Bearer good":
            return self.answer(401, [("WWW-Authenticate", f'Bearer realm="{arg}",service="reg, one",scope="repository:x:pull"')], b"")
        if action == "token":
            del self.headers["Authorization"]
        if action == "slow":
            time.sleep(float(arg))
        status, headers, data = self.pass_on(body)
        if action == "lost":
            self.close_connection = True
            return self.connection.close()
        if action == "cut":
            return self.answer(status, headers, data[: int(arg)], len(data))
        if action == "wrong":
            data = data[:-1] + bytes([data[-1] ^ 1])
        if action == "more":
            data += b"x"
        return self.answer(status, headers, data)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = handle_one


server = ThreadingHTTPServer(("127.0.0.1", 0), Gate)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
