#!/usr/bin/python3
"""Who may send: client certificates, addresses, PROXY headers and nginx's word for its clients, against the real daemon.

usage: senders.py FOLDER_OF_PROGRAMS SOURCE_FOLDER
"""
import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import daemon_process as harness  # noqa: E402  (takes the folders from the command line)
from daemon_process import PATIENCE, UnixConnection, until  # noqa: E402


def openssl(*arguments, **more):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, **more)


class Senders(harness.DaemonCase):
    def setUp(self):
        super().setUp()
        self.authority("clients")
        self.authority("strangers")
        hub = json.loads((self.folder / "hubsim.json").read_text())
        self.token_issuer = hub["hub"]["id"]
        self.certificate("good", "clients", "/O=Hub/OU=hub-client")
        self.certificate("other", "clients", "/O=Hub/OU=another-client")
        self.certificate("twofold", "clients", "/O=Hub/OU=hub-client/OU=another-client")
        self.certificate("forged", "strangers", "/O=Hub/OU=hub-client")

    def authority(self, name):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                f"/CN={name}", "-keyout", self.folder / f"{name}.key", "-out", self.folder / f"{name}.crt")

    def certificate(self, name, authority, subject):
        folder = self.folder
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout",
                folder / f"{name}.key", "-out", folder / f"{name}.csr")
        extensions = folder / "client.ext"
        extensions.write_text("extendedKeyUsage=clientAuth\nkeyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n")
        openssl("x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / f"{authority}.crt", "-CAkey",
                folder / f"{authority}.key", "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out",
                folder / f"{name}.crt")

    def hub_lines(self, text):
        self.edit(r'^path = "/webhook"$', 'path = "/webhook"\n' + text)

    def tables(self, text):
        self.settings.write_text(self.settings.read_text() + text)

    def sender(self, issuer=None, subject=None):
        text = '\n[[sender]]\norganization = "Hub"\norganizational_unit = "hub-client"\n'
        text += f'issuer = "{issuer or self.token_issuer}"\n'
        text += f'subject = "{subject or self.made("sub")}"\n'
        self.tables(text)

    # A fresh delivery as the simulator makes it: (bearer, body).
    def made(self, claim=None):
        place = self.folder / "made"
        shutil.rmtree(place, ignore_errors=True)
        done = self.hubsim("send", self.folder, "--print-to", place)
        self.assertEqual(done.returncode, 0, done.stderr)
        bearer = (place / "bearer").read_text().strip()
        if claim:
            import base64
            part = bearer.split(".")[1]
            return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))[claim]
        return bearer, (place / "body").read_text().strip()

    # curl's own TLS, not ours.
    def post(self, *curl, port=None, bearer=True, scheme="https", listener="hub"):
        token, body = self.made()
        command = ["curl", "--silent", "--show-error", "--output", "/dev/null", "--write-out", "%{http_code}", "--cacert",
                   self.folder / "tls/ca.crt", "--header", "Content-Type: application/jwe", "--data-binary", body,
                   "--max-time", str(PATIENCE), *curl]
        if bearer:
            command += ["--header", f"Authorization: Bearer {token}"]
        command += [f"{scheme}://localhost:{port or self.port(listener)}/webhook"]
        return subprocess.run(list(map(str, command)), capture_output=True, text=True).stdout

    def showing(self, name):
        return "--cert", self.folder / f"{name}.crt", "--key", self.folder / f"{name}.key"

    def last_reason(self):
        return until(lambda: re.findall(r"delivery refused .*?reason=(\S+)", self.log.read_text()), "a refusal")[-1]


class MutualTls(Senders):
    def test_only_listed_subjects_of_our_authority_may_send(self):
        self.hub_lines(f'client_certificates = "require"\nclient_ca_file = "{self.folder}/clients.crt"')
        self.sender()
        self.start()
        self.assertEqual(self.post(*self.showing("good")), "202")
        self.assertEqual(self.post(*self.showing("good"), "--tls-max", "1.2"), "202")
        for name in ("other", "twofold"):
            self.assertEqual(self.post(*self.showing(name)), "403")
            self.assertEqual(self.last_reason(), "source-not-allowed")
        self.assertEqual(self.post(*self.showing("forged")), "000")  # the handshake fails
        self.assertEqual(self.post(), "000")
        # A good certificate is no substitute for a token.
        self.assertEqual(self.post(*self.showing("good"), bearer=False), "401")

    def test_certificate_and_token_must_speak_of_the_same_sender(self):
        self.hub_lines(f'client_certificates = "require"\nclient_ca_file = "{self.folder}/clients.crt"')
        self.sender(subject="somebody-else")
        self.start()
        self.assertEqual(self.post(*self.showing("good")), "401")
        self.assertEqual(self.last_reason(), "bearer-claim")

    def test_token_may_be_missing_where_the_settings_say_so_and_the_certificate_is_known(self):
        self.hub_lines(f'client_certificates = "request"\nclient_ca_file = "{self.folder}/clients.crt"')
        self.edit(r"^\[bearer\]$", '[bearer]\nmode = "if-present"')
        self.sender()
        self.start()
        self.assertIn("authorization tokens are not required", self.log.read_text())
        self.assertEqual(self.post(*self.showing("good"), bearer=False), "202")
        self.assertEqual(self.post(*self.showing("good")), "202")
        self.assertEqual(self.post(bearer=False), "403")
        self.assertEqual(self.post(*self.showing("good"), "--header", "Authorization: Bearer nonsense", bearer=False), "401")
        self.assertEqual(self.post(*self.showing("good"), "--header", "Authorization: Basic eDp5", bearer=False), "401")

    def test_revoked_certificate_may_not_send(self):
        database = self.folder / "index.txt"
        database.write_text("")
        (self.folder / "number").write_text("01\n")
        settings = self.folder / "ca.cnf"
        settings.write_text(f"[ca]\ndefault_ca=own\n[own]\ndatabase={database}\ncrlnumber={self.folder}/number\n"
                            "default_md=sha256\ndefault_crl_days=2\n")
        authority = ("-config", settings, "-cert", self.folder / "clients.crt", "-keyfile", self.folder / "clients.key")
        self.certificate("revoked", "clients", "/O=Hub/OU=hub-client")
        openssl("ca", *authority, "-revoke", self.folder / "revoked.crt")
        openssl("ca", *authority, "-gencrl", "-out", self.folder / "clients.crl")
        self.hub_lines(f'client_certificates = "require"\nclient_ca_file = "{self.folder}/clients.crt"\n'
                       f'client_crl_file = "{self.folder}/clients.crl"')
        self.sender()
        self.start()
        self.assertEqual(self.post(*self.showing("good")), "202")
        self.assertEqual(self.post(*self.showing("revoked")), "000")


class Addresses(Senders):
    def test_only_listed_addresses_may_send(self):
        self.hub_lines('sources = ["127.0.0.0/8"]')
        self.start()
        self.assertEqual(self.post(), "202")

    def test_other_addresses_may_not_whatever_their_headers_say(self):
        self.hub_lines('sources = ["192.0.2.0/24"]')
        self.tables('\n[proxies]\naddresses = ["10.0.0.0/8"]\nforwarding_header = "X-Forwarded-For"\n')
        self.start()
        self.assertEqual(self.post("--header", "X-Forwarded-For: 192.0.2.1"), "403")
        self.assertEqual(self.last_reason(), "source-not-allowed")
        self.assertIn("header of a peer that is no proxy ignored", self.log.read_text())

    def test_address_that_is_none_is_a_wrong_setting(self):
        self.hub_lines('sources = ["localhost"]')
        done = self.run_to_end("--check-config")
        self.assertEqual(done.returncode, 78)
        self.assertIn("hub.sources", done.stderr)


class ProxyProtocol(Senders):
    def proxied(self, header, bearer=True):
        token, body = self.made()
        raw = socket.create_connection(("127.0.0.1", self.port()), timeout=PATIENCE)
        self.addCleanup(raw.close)
        raw.sendall(header)
        context = ssl.create_default_context(cafile=self.folder / "tls/ca.crt")
        try:
            secure = context.wrap_socket(raw, server_hostname="localhost")
        except OSError:
            return "closed"
        with secure:
            secure.sendall(f"POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jwe\r\n"
                           f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
            return secure.recv(64).split()[1].decode()

    def prepare(self, proxies):
        self.edit(r"^listen = ", "listen_proxied = ")
        self.hub_lines('sources = ["192.0.2.0/24"]')
        self.tables(f'\n[proxies]\naddresses = ["{proxies}"]\n')
        self.start()

    def test_address_in_the_header_of_our_balancer_is_the_sender_s(self):
        self.prepare("127.0.0.1")
        self.assertEqual(self.proxied(b"PROXY TCP4 192.0.2.7 127.0.0.1 4711 443\r\n"), "202")
        self.assertEqual(self.proxied(b"PROXY TCP4 198.51.100.7 127.0.0.1 4711 443\r\n"), "403")
        two = bytes.fromhex("0d0a0d0a000d0a515549540a") + b"\x21\x11\x00\x0c" + bytes([192, 0, 2, 9, 127, 0, 0, 1, 18, 103, 1, 187])
        self.assertEqual(self.proxied(two), "202")
        self.assertEqual(self.proxied(b""), "closed")
        self.assertEqual(self.proxied(b"PROXY TCP4 192.0.2.7 127.0.0.1 4711\r\n"), "closed")

    def test_header_of_a_stranger_claims_nothing(self):
        self.prepare("10.0.0.1")
        self.assertEqual(self.proxied(b"PROXY TCP4 192.0.2.7 127.0.0.1 4711 443\r\n"), "403")


class BehindNginx(Senders):
    """nginx ends the clients' TLS and speaks to the daemon's Unix socket."""

    def test_nginx_passes_on_certificate_and_address(self):
        unix = self.folder / "hub.sock"
        self.edit(r"^listen = \[(.*)\]$", rf'listen = [\1, "{unix}"]')
        self.hub_lines('sources = ["127.0.0.1"]')
        self.tables('\n[proxies]\nunix_socket = true\nforwarding_header = "X-Forwarded-For"\n'
                    'certificate_header = "X-Client-Certificate"\ncertificate_form = "escaped-pem"\n')
        self.sender()
        self.start()
        port = self.nginx(unix)
        self.assertEqual(self.post(*self.showing("good"), port=port), "202")
        self.assertEqual(self.post(*self.showing("other"), port=port), "403")
        self.assertEqual(self.post(port=port), "403")
        # What a client writes itself is replaced by nginx, and beside nginx it does not count.
        good = urllib.parse.quote((self.folder / "good.crt").read_text(), safe="")
        forged = ("--header", f"X-Client-Certificate: {good}", "--header", "X-Forwarded-For: 127.0.0.1")
        self.assertEqual(self.post(*forged, port=port), "403")
        self.assertEqual(self.post(*forged), "403")
        # The socket itself believes whoever may open it.
        connection = UnixConnection(str(unix))
        token, body = self.made()
        connection.request("POST", "/webhook", body, {"Content-Type": "application/jwe", "X-Forwarded-For": "127.0.0.1",
                                                      "X-Client-Certificate": good, "Authorization": f"Bearer {token}"})
        self.assertEqual(connection.getresponse().status, 202)
        connection.close()

    def nginx(self, unix):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        folder = self.folder / "nginx"
        folder.mkdir()
        (folder / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {self.folder}/tls/consentd.crt; ssl_certificate_key {self.folder}/tls/consentd.key;
    ssl_verify_client optional; ssl_client_certificate {self.folder}/clients.crt;
    location / {{
      proxy_pass http://unix:{unix};
      proxy_http_version 1.1;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Client-Certificate $ssl_client_escaped_cert;
    }}
  }}
}}
""")
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        server = subprocess.Popen([program, "-c", folder / "nginx.conf", "-p", folder], stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait, PATIENCE)
        self.addCleanup(server.terminate)

        def listening():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        until(listening, "nginx listens")
        return port


if __name__ == "__main__":
    unittest.main(verbosity=2)
