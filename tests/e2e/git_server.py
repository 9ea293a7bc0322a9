"""git_server: servers of git on loopback for tests; each prints its port and serves until it is ended.

usage: git_server.py cgi FOLDER             the repositories below FOLDER by `git http-backend`, with the old protocol
       git_server.py gate PORT ORDER LOG    hands on to the port; the file ORDER says how the next connection goes: `pass`,
                                            `cut N` (hangs up after N bytes of the server), `spoil N` (changes byte N),
                                            `hold N` (stops after N bytes, makes ORDER.held and waits for another order);
                                            the bytes that the server sent are added to LOG, a line a connection
"""
import http.server
import os
import socket
import socketserver
import sys
import threading
import time


def serve(server):
    print(server.server_address[1], flush=True)
    server.serve_forever()


def cgi(folder):
    os.environ.update(GIT_PROJECT_ROOT=os.path.abspath(folder), GIT_HTTP_EXPORT_ALL="1")
    os.makedirs("cgi-bin", exist_ok=True)
    with open("cgi-bin/git", "w") as f:
        f.write("#!/bin/sh\nexec git http-backend\n")
    os.chmod("cgi-bin/git", 0o755)

    class Handler(http.server.CGIHTTPRequestHandler):
        have_fork = False  # else it becomes `nobody`, who may not read here

    serve(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler))


def gate(port, order, log):
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            with open(order) as f:
                what, _, at = f.read().strip().partition(" ")
            up = socket.create_connection(("127.0.0.1", int(port)))
            threading.Thread(target=self.pump_up, args=(up,), daemon=True).start()
            sent = 0
            while data := up.recv(65536):
                if what == "cut" and sent + len(data) > int(at):
                    data = data[:int(at) - sent]
                if what == "spoil" and sent <= int(at) < sent + len(data):
                    spoilt = bytearray(data)
                    spoilt[int(at) - sent] ^= 0x55
                    data = bytes(spoilt)
                try:
                    if what == "hold" and sent <= int(at) < sent + len(data):
                        self.request.sendall(data[:int(at) - sent])
                        data, sent = data[int(at) - sent:], int(at)
                        open(f"{order}.held", "w").close()
                        while open(order).read().startswith("hold"):
                            time.sleep(0.05)
                    self.request.sendall(data)
                except OSError:
                    break
                sent += len(data)
                if what == "cut" and sent == int(at):
                    break
            for end in (up, self.request):  # close alone waits for who reads of it
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            up.close()
            with open(log, "a") as f:
                f.write(f"{sent}\n")

        def pump_up(self, up):
            try:
                while data := self.request.recv(65536):
                    up.sendall(data)
                up.shutdown(socket.SHUT_WR)
            except OSError:
                pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    serve(Server(("127.0.0.1", 0), Handler))


{"cgi": cgi, "gate": gate}[sys.argv[1]](*sys.argv[2:])
