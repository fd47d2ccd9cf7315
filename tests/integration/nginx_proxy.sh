#!/usr/bin/env bash
# config/nginx.conf as it is shipped, with this run's paths and ports in it, in front of an HTTPS server that says what it got.
#   nginx_proxy.sh SOURCE_FOLDER
set -euo pipefail

source_folder=$1
PATH=$PATH:/usr/sbin
folder=$(mktemp -d)
server=
nginx_master=
finish() {
  [ -z "$nginx_master" ] || kill "$nginx_master" 2> /dev/null || true
  [ -z "$server" ] || kill "$server" 2> /dev/null || true
  wait
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
chmod 0755 .

fail() { echo "nginx_proxy: $*"; cat error.log 2> /dev/null || true; exit 1; }

# certificate NAME HOST: NAME.crt, signed by itself, and NAME.key.
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$2" -addext "subjectAltName=DNS:$2" \
    -keyout "$1.key" -out "$1.crt" 2> /dev/null
}
certificate webhook webhook.example
certificate consentd consentd.internal
certificate stranger consentd.internal
certificate misnamed another.internal

cat > server.py <<'PYTHON'
import http.server, json, ssl, sys

class deliveries(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        size = len(self.rfile.read(int(self.headers["Content-Length"])))
        said = json.dumps({"path": self.path, "size": size, "port": self.client_address[1],
                           "fields": {name.lower(): value for name, value in self.headers.items()}}).encode()
        self.send_response(202)
        self.send_header("x-fapi-interaction-id", self.headers.get("x-fapi-interaction-id", ""))
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *unused):
        pass

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + ".crt", sys.argv[1] + ".key")
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), deliveries)
server.daemon_threads = True
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON

# start_server CERTIFICATE PORT: sets `backend` to its port.
start_server() {
  mkfifo ready
  python3 server.py "$1" "$2" > ready &
  server=$!
  read -r backend < ready
  rm ready
}
stop_server() {
  kill "$server"
  wait "$server" 2> /dev/null || true
  server=
}

start_server consentd 0
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# Only places change. Temporary files too, since not everybody may write where Debian's nginx keeps them.
sed -e "s,/etc/nginx/tls/webhook,$folder/webhook," -e "s,/etc/nginx/tls/consentd-ca.crt,$folder/consentd.crt," \
    -e "s,/run/nginx.pid,$folder/nginx.pid," -e "s,/var/log/nginx,$folder," \
    -e "s,listen 443,listen 127.0.0.1:$port," -e '/listen \[::\]/d' -e "s,server 127.0.0.1:8443,server 127.0.0.1:$backend," \
    -e 's,^user www-data;,daemon off;,' \
    -e "s,^http {,http { client_body_temp_path $folder/body; proxy_temp_path $folder/proxy; fastcgi_temp_path $folder/fastcgi; uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;," \
    "$source_folder/config/nginx.conf" > nginx.conf
if [ "$(id -u)" = 0 ]; then
  sed -i '1i user root;' nginx.conf
fi
# The one more line of output is nginx's own word that all is well.
nginx -t -q -c "$folder/nginx.conf" > said.txt 2>&1 || { cat said.txt; fail "nginx -t refuses the file"; }
[ ! -s said.txt ] || { cat said.txt; fail "nginx -t has something to say"; }

nginx -c "$folder/nginx.conf" 2> start.txt &
nginx_master=$!

post() { # post PATH BYTES [curl's options]
  local path=$1 bytes=$2
  shift 2
  head -c "$bytes" /dev/zero | tr '\0' a > body.txt
  curl -sS --max-time 20 --noproxy '*' --cacert webhook.crt --connect-to "webhook.example:443:127.0.0.1:$port" -D head.txt -o answer.txt \
    -w '%{http_code}' -H 'Content-Type: application/jwe' --data-binary @body.txt "$@" "https://webhook.example$path"
}
for _ in $(seq 100); do
  status=$(post /webhook 1 2> /dev/null || true)
  [ "$status" != 202 ] || break
  kill -0 "$nginx_master" 2> /dev/null || { cat start.txt; fail "nginx did not start"; }
  sleep 0.1
done

id=0b3e5f2e-1111-4222-8333-444455556666
expect() { # expect STATUS: the last one
  [ "$status" = "$1" ] || fail "status $status instead of $1 ($2)"
}
echoes_id() { grep -qi "^x-fapi-interaction-id: $id" head.txt || fail "no interaction id with $1"; }

status=$(post /webhook 6000 -H 'Authorization: Bearer a.b.c' -H "x-fapi-interaction-id: $id" -H 'Client-Cert: :Zm9yZ2Vk:' \
  -H 'Client-Cert-Chain: :Zm9yZ2Vk:' -H 'X-Forwarded-For: 192.0.2.1')
expect 202 "a delivery"
echoes_id 202
python3 - <<'PYTHON' || fail "the daemon would have got: $(cat answer.txt)"
import json
got = json.load(open("answer.txt"))
fields = got["fields"]
assert got["path"] == "/webhook" and got["size"] == 6000
assert fields["authorization"] == "Bearer a.b.c"
assert fields["x-fapi-interaction-id"] == "0b3e5f2e-1111-4222-8333-444455556666"
assert fields["content-type"] == "application/jwe"
assert fields["host"] == "webhook.example"
assert fields["x-forwarded-for"] == "127.0.0.1"
assert "client-cert" not in fields and "client-cert-chain" not in fields
assert "connection" not in fields
PYTHON

# Deliveries share connections to the daemon. Each worker keeps its own, so one of several must meet again.
seen=
again=no
for _ in $(seq 20); do
  status=$(post /webhook 1)
  from=$(python3 -c 'import json; print(json.load(open("answer.txt"))["port"])')
  case " $seen " in *" $from "*) again=yes; break ;; esac
  seen="$seen $from"
done
[ "$again" = yes ] || fail "no connection to the daemon is kept alive"

status=$(post /webhook 262144)
expect 202 "the largest body"
status=$(post /webhook 262145 -H "x-fapi-interaction-id: $id")
expect 413 "one byte more"
echoes_id 413
status=$(post /webhook 262145 -H 'x-fapi-interaction-id: none')
grep -qiE '^x-fapi-interaction-id: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' head.txt || fail "no new interaction id"
status=$(post /webhook/ 1)
expect 404 "another path"
status=$(post /webhook 1 --tls-max 1.2)
expect 202 "TLS 1.2"

if curl -sS --max-time 20 --noproxy '*' -k -o answer.txt "https://127.0.0.1:$port/webhook" 2> /dev/null; then
  fail "who calls by address gets an answer"
fi

# Whoever listens there without the daemon's certificate gets no token: nothing of the request arrives.
for other in stranger misnamed; do
  stop_server
  start_server "$other" "$backend"
  status=$(post /webhook 1 -H "x-fapi-interaction-id: $id")
  expect 503 "a backend with the certificate of a $other"
  echoes_id 503
  grep -qi '^retry-after: 5' head.txt || fail "no Retry-After with 503"
done
# Likewise a certificate of the right authority but for another host.
sed -i "s,$folder/consentd.crt,$folder/misnamed.crt," nginx.conf
kill -HUP "$nginx_master"
for _ in $(seq 100); do
  ! grep -q 'does not match' error.log || break
  status=$(post /webhook 1)
  expect 503 "a backend with another name"
  sleep 0.1
done
grep -q 'does not match' error.log || fail "the backend's name was not what it was refused for"

stop_server
status=$(post /webhook 1)
expect 503 "no backend"
echo "nginx_proxy: config/nginx.conf works"
