"""The request itself (contract sections 1 and 7), written byte by byte: path, method, media types, and how its end is told."""
from table import refused


def line(text):
    def edit(message):
        message.line = text
    return edit


def field(name, value):
    """Another value for a field of the control, or none."""
    def edit(message):
        assert name in message.fields, name
        message.fields[name] = value
    return edit


def more(*fields):
    return lambda message: message.more_fields.extend(fields)


def head(change):
    return lambda message: message.head.append(change)


def http(status, name, rule, check, reason, edit, **extra):
    return refused(status, "http-" + name, rule, check, reason, edit, **extra)


def no_path(name, target):
    return http(404, "path-" + name, "7 404", "http-path", "path-unknown", line(f"POST {target} HTTP/1.1"))


def no_method(method):
    return http(405, "method-" + method.lower(), "7 405", "http-method", "method-not-allowed",
                line(f"{method} /webhook HTTP/1.1"), allow="POST")


ROUTE = [
    no_path("root", "/"),
    no_path("another", "/webhooks"),
    no_path("shorter", "/webhoo"),
    no_path("in-capitals", "/WEBHOOK"),
    no_path("with-slash-behind", "/webhook/"),
    no_path("with-two-slashes", "//webhook"),
    no_path("escaped", "/%77ebhook"),
    no_path("with-dots", "/./webhook"),
    no_path("with-dots-upwards", "/x/../webhook"),
    no_path("with-semicolon", "/webhook;x=1"),
    no_path("below", "/webhook/x"),
    no_method("GET"), no_method("HEAD"), no_method("PUT"), no_method("PATCH"), no_method("DELETE"), no_method("OPTIONS"),
    no_method("TRACE"), no_method("post"), no_method("POSTS"),
]


def no_media(name, value, check="http-content-type"):
    return http(415, "content-type-" + name, "7 415", check, "media-type", field("Content-Type", value))


def not_acceptable(name, value):
    return http(406, "accept-" + name, "7 406", "http-accept", "not-acceptable", more(("Accept", value)))


MEDIA = [
    no_media("missing", None),
    no_media("empty", ""),
    no_media("json", "application/json"),
    no_media("text", "text/plain"),
    no_media("form", "application/x-www-form-urlencoded"),
    no_media("jose", "application/jose"),
    no_media("longer", "application/jwe2"),
    no_media("shorter", "application/jw"),
    no_media("with-suffix", "application/jwe+json"),
    no_media("range", "application/*"),
    no_media("list", "application/jwe, application/json"),
    no_media("as-parameter", "text/plain; type=application/jwe"),
    http(400, "content-type-twice", "7 400", "http-content-type-once", "header-not-allowed", more(("Content-Type", "application/jwe"))),
    http(415, "content-encoding-gzip", "7 415", "http-content-encoding", "media-type", more(("Content-Encoding", "gzip"))),
    http(415, "content-encoding-deflate", "7 415", "http-content-encoding", "media-type", more(("Content-Encoding", "deflate"))),
    not_acceptable("html", "text/html"),
    not_acceptable("xml", "application/xml, text/html;q=0.9"),
    not_acceptable("another-range", "text/*"),
    not_acceptable("longer", "application/jwt2"),
]

AUTHORIZATION = [
    http(401, "authorization-missing", "7 401", "http-bearer-present", "bearer-missing", field("Authorization", None)),
    http(401, "authorization-empty", "7 401", "http-bearer-present", "bearer-missing", field("Authorization", "")),
    http(401, "authorization-basic", "7 401", "http-bearer-present", "bearer-missing", field("Authorization", "Basic eDp5")),
    http(401, "authorization-without-token", "7 401", "http-bearer-present", "bearer-missing", field("Authorization", "Bearer")),
    http(401, "authorization-without-scheme", "7 401", "http-bearer-present", "bearer-missing",
         lambda m: m.fields.update(Authorization=lambda _: m.bearer.text())),
    http(401, "authorization-of-another-scheme", "7 401", "http-bearer-present", "bearer-missing",
         lambda m: m.fields.update(Authorization=lambda _: "DPoP " + m.bearer.text())),
    http(400, "authorization-twice", "7 400", "http-bearer-once", "header-not-allowed", more(("Authorization", "Bearer x.y.z"))),
    http(400, "authorization-twice-the-same", "7 400", "http-bearer-once", "header-not-allowed",
         lambda m: m.head.append(lambda h: h.replace(b"Content-Length", authorization_of(h) + b"\r\nContent-Length", 1))),
    http(401, "token-in-the-target", "7 401", "http-bearer-present", "bearer-missing",
         lambda m: (field("Authorization", None)(m), line(f"POST /webhook?access_token={m.bearer.text()} HTTP/1.1")(m))),
    http(401, "token-in-another-field", "7 401", "http-bearer-present", "bearer-missing",
         lambda m: (field("Authorization", None)(m), more(("X-Authorization", m.authorization()))(m))),
]


def authorization_of(section):
    return next(one for one in section.split(b"\r\n") if one.startswith(b"Authorization:"))


def malformed(name, check, edit, rule="1 HTTP/1.1 (RFC 9112)"):
    return http(400, name, rule, check, "request-malformed", edit)


def length(value):
    return field("Content-Length", value)


def chunked(encode, coding="chunked"):
    def edit(message):
        message.fields["Content-Length"] = None
        message.more_fields.append(("Transfer-Encoding", coding))
        message.body.append(encode)
    return edit


def one_chunk(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def both_lengths(message):
    message.more_fields.append(("Transfer-Encoding", "chunked"))


FRAMING = [
    malformed("length-twice", "http-framing", more(b"Content-Length: 5")),
    malformed("length-list", "http-framing", length(lambda b: f"{len(b)}, {len(b)}")),
    malformed("length-signed", "http-framing", length(lambda b: f"+{len(b)}")),
    malformed("length-negative", "http-framing", length("-1")),
    malformed("length-hexadecimal", "http-framing", length(lambda b: hex(len(b)))),
    malformed("length-with-leading-zero", "http-framing", length(lambda b: f"0{len(b)}")),
    malformed("length-with-fraction", "http-framing", length(lambda b: f"{len(b)}.0")),
    malformed("length-empty", "http-framing", length("")),
    malformed("length-beyond-64-bits", "http-framing", length("18446744073709551617")),
    malformed("length-beside-chunked", "http-framing", both_lengths),
    malformed("coding-gzip", "http-framing", chunked(lambda b: b, "gzip")),
    malformed("coding-identity", "http-framing", chunked(lambda b: b, "identity")),
    malformed("coding-chunked-twice", "http-framing", chunked(one_chunk, "chunked, chunked")),
    malformed("coding-gzip-chunked", "http-framing", chunked(one_chunk, "gzip, chunked")),
    malformed("coding-with-vertical-tab", "http-lines-or-grammar", chunked(one_chunk, "\x0bchunked")),
    malformed("coding-in-http-1.0", "http-framing",
              lambda m: (chunked(one_chunk)(m), line("POST /webhook HTTP/1.0")(m))),
    malformed("chunk-size-no-number", "http-chunks", chunked(lambda b: b"zz\r\n" + b + b"\r\n0\r\n\r\n")),
    malformed("chunk-size-signed", "http-chunks", chunked(lambda b: b"+" + one_chunk(b))),
    malformed("chunk-size-with-prefix", "http-chunks", chunked(lambda b: b"0x" + one_chunk(b))),
    malformed("chunk-size-of-17-digits", "http-chunks", chunked(lambda b: b"%017x\r\n" % len(b) + b + b"\r\n0\r\n\r\n")),
    malformed("chunk-with-bare-line-feed", "http-chunks", chunked(lambda b: one_chunk(b).replace(b"\r\n", b"\n", 1))),
    malformed("chunk-longer-than-its-size", "http-chunks", chunked(lambda b: b"%x\r\n%s\r\n0\r\n\r\n" % (len(b) - 1, b))),
    malformed("chunk-extensions-without-end", "http-chunks",
              chunked(lambda b: b"".join(b"1;x=%s\r\n%c\r\n" % (b"y" * 100, c) for c in b) + b"0\r\n\r\n")),
    malformed("host-missing", "http-framing", field("Host", None)),
    malformed("host-twice", "http-framing", more(("Host", "localhost"))),
]

LINES = [
    malformed("line-feeds-alone", "http-lines", head(lambda h: h.replace(b"\r\n", b"\n"))),
    malformed("carriage-return-alone", "http-lines-or-grammar", more(b"X-A: 1\rX-B: 2")),
    malformed("folded-field", "http-lines", more(b"X-A: 1\r\n folded")),
    malformed("blank-before-the-first-field", "http-lines-or-grammar", head(lambda h: h.replace(b"\r\nHost", b"\r\n Host", 1))),
    malformed("blank-before-the-colon", "http-grammar", more(b"X-A : 1")),
    malformed("field-without-colon", "http-grammar", more(b"X-A")),
    malformed("field-without-name", "http-grammar", more(b": 1")),
    malformed("field-name-with-parenthesis", "http-grammar", more(b"X(A: 1")),
    malformed("nul-in-a-field", "http-lines-or-grammar", more(b"X-A: 1\x002")),
    malformed("escape-in-a-field", "http-lines-or-grammar", more(b"X-A: \x1b[31m")),
    malformed("delete-in-a-field", "http-lines-or-grammar", more(b"X-A: \x7f")),
    malformed("version-missing", "http-grammar", line("POST /webhook")),
    malformed("version-2", "http-grammar", line("POST /webhook HTTP/2.0")),
    malformed("version-lower-case", "http-grammar", line("POST /webhook http/1.1")),
    malformed("two-blanks-in-the-line", "http-grammar", line("POST  /webhook HTTP/1.1")),
    malformed("tab-in-the-line", "http-lines-or-grammar", line("POST\t/webhook HTTP/1.1")),
    malformed("method-with-brackets", "http-grammar", line("PO[ST /webhook HTTP/1.1")),
    malformed("target-with-fragment", "http-target", line("POST /webhook#x HTTP/1.1")),
    malformed("target-without-slash", "http-target", line("POST webhook HTTP/1.1")),
    malformed("target-asterisk", "http-target", line("POST * HTTP/1.1")),
    malformed("target-authority", "http-target", line("POST localhost:443 HTTP/1.1")),
    malformed("target-of-another-scheme", "http-target", line("POST ftp://localhost/webhook HTTP/1.1")),
    malformed("target-with-letter-outside-ascii", "http-target", line("POST /webhook\u00e9 HTTP/1.1")),
    malformed("nothing-but-noise", "http-lines-or-grammar", head(lambda h: b"\x16\x03\x01" + h)),
    http(431, "header-section-oversized", "7 431", "http-header-size", "header-too-large", more(("X-A", "x" * 20000))),
    http(431, "header-section-of-many-fields", "7 431", "http-header-size", "header-too-large",
         more(*((f"X-{i}", "x") for i in range(3000)))),
    http(413, "body-announced-oversized", "7 413", "http-body-size", "body-too-large", length("262145")),
    http(413, "body-announced-as-64-bits", "7 413", "http-body-size", "body-too-large", length("18446744073709551615")),
    http(413, "chunks-oversized", "7 413", "http-chunk-size", "body-too-large",
         chunked(lambda b: one_chunk(b + b"A" * 262144))),
    http(413, "chunk-announced-oversized", "7 413", "http-chunk-size", "body-too-large", chunked(lambda b: b"7fffffffffffffff\r\n")),
]

ROWS = ROUTE + MEDIA + AUTHORIZATION + FRAMING + LINES
