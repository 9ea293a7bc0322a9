# run: pull
# exit: 7
python3 -u - >server.log <<'PY' &
import http.server
class Asks(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Asks)
print(server.server_port)
server.serve_forever()
PY
until port=$(cat server.log) && [ -n "$port" ]; do sleep 0.05; done
jkr() { "$jkr" pull "oci://127.0.0.1:$port/team/x:1" -q; }
