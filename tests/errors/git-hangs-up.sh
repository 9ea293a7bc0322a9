# run: run git-hangs-up.lua -q
# exit: 7
# a server that gives its refs, and of the pack nothing but a beginning
python3 -u >server.log 2>&1 <<'PY' &
import socket
def packet(text): return b"%04x" % (len(text) + 4) + text
ID = b"0123456789" * 4
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1])
while True:
    client = server.accept()[0]
    with client:
        client.recv(1000)
        client.sendall(packet(ID + b" HEAD\0shallow ofs-delta side-band-64k\n") + packet(ID + b" refs/heads/main\n") + b"0000")
        said = b""
        while b"done" not in said and (data := client.recv(1000)):
            said += data
            if said.endswith(b"0000") and b"deepen" in said:
                client.sendall(packet(b"shallow " + ID) + b"0000")
        if b"done" not in said:
            continue
        client.sendall(packet(b"NAK\n") + packet(b"\1PACK\0\0\0\2\0\0\0\3\x95"))
        client.shutdown(socket.SHUT_WR)
        client.recv(1000)
PY
until port=$(cat server.log) && [ -n "$port" ]; do sleep 0.05; done
cat >git-hangs-up.lua <<LUA
return git_checkout "driver" { "git://127.0.0.1:$port/driver", ref = "main" }
LUA
