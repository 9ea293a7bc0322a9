# nginx.bash: a web server that keeps a shared cache, on loopback, of the user who runs the test.
# shellcheck shell=bash

# cache_server FOLDER PORT: serves FOLDER/store; what is there is never written over, and nothing can be deleted
cache_server() {
  export W=$1
  mkdir -p "$W"/{store,tmp,log}
  cat >"$W/nginx.conf" <<CONF
$([ "$(id -u)" != 0 ] || echo "user root;")
worker_processes 2; pid $W/nginx.pid; error_log $W/log/error.log info;
events { worker_connections 512; }
http {
  access_log $W/log/access.log; default_type application/octet-stream;
  client_body_temp_path $W/tmp; proxy_temp_path $W/tmp/p; fastcgi_temp_path $W/tmp/f; uwsgi_temp_path $W/tmp/u; scgi_temp_path $W/tmp/s;
  sendfile on; tcp_nopush on; keepalive_timeout 65; keepalive_requests 100000;
  server {
    listen 127.0.0.1:$2;
    root $W/store;
    client_max_body_size 0;
    set \$w ""; if (-f \$request_filename) { set \$w E; } if (\$request_method = PUT) { set \$w "\${w}P"; }
    if (\$w = EP) { return 412; }
    location ~ "^/(ac|cas)/[0-9a-f]{64}\$" { dav_methods PUT; create_full_put_path on; dav_access user:rw group:r all:r; }
    location / { return 404; }
  }
}
CONF
  nginx -c "$W/nginx.conf" -e "$W/log/start.log"
}

end_cache_server() {
  [ ! -s "${W:-/nowhere}/nginx.pid" ] || kill "$(cat "$W/nginx.pid")" 2>/dev/null || true
}
