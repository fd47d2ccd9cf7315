"""One check switched off at a time: scripts/mutation-run changes a copy of the source so and sees which rows of the table notice.

Each change is of text that stands in its file exactly once; the run fails loudly where it does not any more. Changes keep what they
switch off in the text (`false && …`), so that nothing becomes unused and warnings stay errors.
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Mutation:
    name: str
    checks: tuple   # the checks that are off: the rows that name one of them must fail, and no other
    changes: tuple  # (file, text, text instead)


def off(check, file, condition, *more):
    """`condition` holds never again."""
    return Mutation(check, (check,), ((file, f"if ({condition}) {{", f"if (false && ({condition})) {{"), *more))


def change(check, file, old, new):
    return Mutation(check, (check,), ((file, old, new),))


HEADER_CHECKS = "src/ingress/header_checks.cpp"
COMPACT = "src/jose/compact.cpp"
READER = "src/json/reader.cpp"
VERIFY = "src/jose/verify.cpp"
BEARER = "src/authz/bearer.cpp"
DECRYPT = "src/jose/decrypt.cpp"
OPEN = "src/jose/open.cpp"
STATUS = "src/consent/status.cpp"
DATA = "src/events/consent_data.cpp"
FAMILY = "src/events/family.cpp"
TIME = "src/base/time.cpp"
KEYS = "src/hub/issuer_keys.cpp"
REFUSED_NAMES = '{"crit", "b64", "zip"}'

REQUESTS = [
    off("http-path", HEADER_CHECKS, "head.path() != path"),
    off("http-method", HEADER_CHECKS, 'head.method != "POST"'),
    off("http-accept", HEADER_CHECKS, "named"),
    off("http-content-type", HEADER_CHECKS, "!type || !is_event_type(media_type_of(*type))"),
    off("http-bearer-once", HEADER_CHECKS, "fields > 1"),
    change("http-content-encoding", HEADER_CHECKS, '!boost::algorithm::iequals(without_ows(field.value), "identity")',
           'false && !boost::algorithm::iequals(without_ows(field.value), "identity")'),
    off("http-content-type-once", HEADER_CHECKS, 'head.count("content-type") > 1'),
    change("http-bearer-present", HEADER_CHECKS,
           'return failure{reason::bearer_missing, fields == 0 ? "no Authorization header" : "Authorization is not Bearer"};',
           "return std::string_view();"),
    off("http-chunk-size", "src/net/request_parser.cpp", "size > limit_ - std::min(limit_, body_->size())"),
    change("http-target", "src/net/request_parser.cpp", "if (!take_target(standard(target))) {",
           "if (!take_target(standard(target)) && false) {"),
    change("http-lines", "src/net/header_section.cpp", "if (!is_strict(before, c)) {\n      return state::malformed;",
           "if (false && !is_strict(before, c)) {\n      return state::malformed;"),
    change("bearer-replay", "src/store/sqlite/inbox_writes.cpp", "if (before->same) {", "if (true || before->same) {"),
]

FORMS = [
    off("empty-part", COMPACT, "part.empty() && !may_be_empty<Parts>(i)"),
    Mutation("trailing-bits", ("trailing-bits",),
             (("src/base/base64url.cpp", "return (digit(text.back()) & 0x0fU) == 0;", "return true;"),
              ("src/base/base64url.cpp", "return (digit(text.back()) & 0x03U) == 0;", "return true;"))),
    change("header-crit", COMPACT, REFUSED_NAMES, '{"b64", "zip"}'),
    change("header-b64", COMPACT, REFUSED_NAMES, '{"crit", "zip"}'),
    change("header-zip", COMPACT, REFUSED_NAMES, '{"crit", "b64"}'),
    change("header-member-types", COMPACT, 'return failure{code, "header member " + std::string(name) + " is no string"};',
           "(void)code;\n    return std::optional<std::string>{};"),
    # Looked at twice: as encoded before anything is decoded, and by the JSON reader.
    Mutation("header-size", ("header-size",),
             ((COMPACT, "if (slice<Parts>(token, *at, 0).size() > limit.header_bytes) {", "if (false) {"),
              (COMPACT, "{.bytes = limit.header_bytes, .depth", "{.bytes = limit.token_bytes, .depth"))),
    change("json-duplicates", READER, "if (twice == names_.end()) {", "if (true || twice == names_.end()) {"),
    off("json-end", READER, "stream.Tell() != size"),
    change("json-utf8", READER, "rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag",
           "rapidjson::kParseNumbersAsStringsFlag"),
    off("json-surrogates", READER, "escaped && has_surrogate({text, length})"),
    change("json-depth", READER, "if (open_.size() >= std::min(bounds_.depth, most_depth)) {",
           "if (open_.size() >= std::max(bounds_.depth, most_depth)) {"),
    change("json-values", READER, "return tape_.nodes.size() < bounds_.values ||",
           "return true || tape_.nodes.size() < bounds_.values ||"),
]

SIGNATURE = (VERIFY, "if (!holds) {", "if (false && !holds) {")
SIGNATURE_LENGTH = (VERIFY, "if (decoded_size(token.signature_part()) != handle.modulus_bytes) {",
                    "if (false && decoded_size(token.signature_part()) != handle.modulus_bytes) {")
KEYS_OF_ALL = """auto const all = entries_.get();
  for (auto const& other : *all) {
    if (!found && other != of) {
      std::lock_guard const lock(other->guard);
      found = other->history.find(kid, received);
    }
  }
  """
PIN = (VERIFY, 'if (token.header().alg != "PS256") {', 'if (false && token.header().alg != "PS256") {')

TOKENS = [
    Mutation("signature", ("signature",), (SIGNATURE,)),
    Mutation("signature-length", ("signature-length",), (SIGNATURE_LENGTH,)),
    Mutation("signature-value-and-length", ("signature", "signature-length", "signature-value-and-length"),
             (SIGNATURE, SIGNATURE_LENGTH)),
    change("keys-by-issuer", KEYS, "if (!found && found.error().code == reason::keys_unavailable) {",
           KEYS_OF_ALL + "if (!found && found.error().code == reason::keys_unavailable) {"),
    change("unknown-issuer", KEYS, "return found == entries->end() ? nullptr : *found;",
           "return found == entries->end() ? entries->front() : *found;"),
    off("bearer-alg", BEARER, 'header.alg != "PS256"'),
    off("bearer-typ", BEARER,
        '!header.typ || (!jose::same_media_type(*header.typ, "JWT") && !jose::same_media_type(*header.typ, "JOSE"))'),
    off("bearer-cty", BEARER, 'header.cty && !jose::same_media_type(*header.cty, "json")'),
    off("bearer-kid", BEARER, "header.kid.empty()"),
    off("bearer-iss", BEARER, "claims.iss != policy.issuer"),
    off("bearer-sub", BEARER, "policy.subject && claims.sub != policy.subject"),
    change("bearer-size", "src/authz/bearer.hpp", ".token_bytes = 8192", ".token_bytes = 65536"),
    Mutation("bearer-sub-and-presence", ("bearer-sub", "bearer-sub-present"),
             ((BEARER, "if (policy.subject && claims.sub != policy.subject) {",
               "if (false && policy.subject && claims.sub != policy.subject) {"),
              (BEARER, "if (!claims.sub) {", "if (false && !claims.sub) {"),
              (BEARER, ".subject = *claims->sub,", '.subject = claims->sub.value_or(""),'))),
    Mutation("bearer-exp-present", ("bearer-exp-present",),
             ((BEARER, 'return claim("exp is missing");', "return {};"),
              (BEARER, "*claims->exp + policy.leeway,", "claims->exp.value_or(now) + policy.leeway,"))),
    change("bearer-iat-present", BEARER, 'return claim("iat is missing");', "return {};"),
    # A key of somebody else is one that this issuer's set has none of.
    Mutation("key-by-kid", ("key-by-kid", "keys-by-issuer", "key-roles"),
             (("src/hub/key_history.cpp", "auto key = pinned_->find(kid);",
               "auto key = pinned_->find(kid);\n    if (!key) {\n      key = pinned_->find(pinned_->kids().front());\n    }"),)),
    off("bearer-aud", BEARER, "std::find(claims.aud.begin(), claims.aud.end(), policy.audience) == claims.aud.end()"),
    off("bearer-expired", BEARER, "*claims.exp + policy.leeway <= now"),
    off("bearer-iat", BEARER, "*claims.iat > now + policy.leeway"),
    off("bearer-exp-after-iat", BEARER, "*claims.exp <= *claims.iat"),
    off("bearer-lifetime", BEARER, "*claims.exp - *claims.iat > policy.max_lifetime"),
    off("bearer-nbf", BEARER, "claims.nbf && *claims.nbf > now + policy.leeway"),
    off("bearer-jti", BEARER, "!is_uuid(*claims.jti)"),
]

TAG = (DECRYPT, "EVP_DecryptFinal_ex(context.get(), bytes_of(plaintext) + written, &last) == 1;",
       "EVP_DecryptFinal_ex(context.get(), bytes_of(plaintext) + written, &last) != 7;")
LENGTHS = (DECRYPT, "if (!opened || !lengths_hold) {", "if (!opened || (false && !lengths_hold)) {")
KEY = "auto const* const found = known(kid);"

ENVELOPES = [
    off("jwe-cty", OPEN, 'header.cty && !same_media_type(*header.cty, "JWT")'),
    change("jwe-alg", DECRYPT, 'if (header.alg == "RSA-OAEP-256") {', 'if (true || header.alg == "RSA-OAEP-256") {'),
    change("jwe-sha1", DECRYPT, 'if (header.alg == "RSA-OAEP" && allow_sha1) {', 'if (header.alg == "RSA-OAEP" && (true || allow_sha1)) {'),
    off("jwe-enc", DECRYPT, 'header.enc != "A256GCM"'),
    change("jwe-kid", "src/jose/decryption_key.cpp", KEY, "auto const* const found = known(kid) != nullptr ? known(kid) : keys_.data();"),
    change("jwe-enc-present", COMPACT, "if (header->enc.empty()) {", "if (false && header->enc.empty()) {"),
    Mutation("jwe-tag", ("jwe-tag",), (TAG,)),
    Mutation("jwe-lengths", ("jwe-lengths",), (LENGTHS,)),
    Mutation("jwe-tag-and-lengths", ("jwe-tag", "jwe-lengths", "jwe-tag-and-lengths"), (TAG, LENGTHS)),
]

CLAIMS = [
    Mutation("jws-alg", ("jws-alg",), ((OPEN, 'if (header.alg != "PS256") {', 'if (false && header.alg != "PS256") {'), PIN)),
    # The second of two layers: nothing gets as far as here with another algorithm.
    Mutation("jws-alg-second-layer-alone", (), (PIN,)),
    off("jws-kid", OPEN, "header.kid.empty()"),
    change("claim-types", "src/jose/claims.cpp", "if (!outcome) {", "if (false && !outcome) {"),
    off("event-iss-length", OPEN, "issuer->empty() || issuer->size() > longest_text"),
    off("event-aud", OPEN, "found == claims.aud.end()"),
    change("event-exp", OPEN, "bool const expired = *claims.exp <= received;", "bool const expired = false && *claims.exp <= received;"),
    off("event-exp-far", OPEN, "*claims.exp > received + policy.max_expiry"),
    off("event-nbf", OPEN, "claims.nbf && *claims.nbf > received + policy.leeway"),
    change("event-iss", OPEN, 'auto const issuer = document->root().find_string("iss");',
           'auto const issuer = std::optional(document->root().find_string("iss").value_or("https://nobody.example"));'),
    Mutation("event-exp-present", ("event-exp-present",),
             ((OPEN, 'return failure{reason::claims_malformed, "exp is missing"};', "return false;"),
              ("src/pipeline/verdict.cpp", "event.claims.exp.value(),", "event.claims.exp.value_or(timestamp{}),"))),
    off("event-jti-replay", "src/store/sqlite/settling.cpp", "before && !before->same"),
]

SHAPE = (FAMILY, "if (seen.others || seen.codes == seen.insurance_types) {",
         "if (false && (seen.others || seen.codes == seen.insurance_types)) {")
BOUNDS = (DATA, "if (!report.permissions) {", "if (false && !report.permissions) {")

PERMISSIONS_LIST = (FAMILY, "if (!permissions->is_array()) {", "if (false && !permissions->is_array()) {")

EVENTS = [
    change("event-id-present", FAMILY, 'return failure{reason::not_an_event, "Meta has no resource id"};',
           'return resource_id{"NoId", meta, false};'),
    change("event-time", "src/events/envelope.cpp", "auto const when = said ? parse_date_time(*said) : std::nullopt;",
           "auto const when = said ? parse_date_time(*said) : std::optional(timestamp{});"),
    change("id-text", "src/events/envelope.cpp", "auto const text = id->id.string();",
           'auto const text = std::optional(id->id.string().value_or("an-id"));'),
    change("payment-id", "src/events/resource_data.cpp", "auto const text = id ? id->string() : std::nullopt;",
           'auto const text = std::optional(id ? id->string().value_or("an-id") : "an-id");'),
    change("base-id", DATA, "auto const text = base->string();", 'auto const text = std::optional(base->string().value_or("an-id"));'),
    change("consent-id-present", DATA, "return report.what == consent::change::deleted ?",
           "return true || report.what == consent::change::deleted ?"),
    change("status-present", DATA, 'return missing("Status");', "return consent::status::authorized;"),
    change("status-text", DATA, "auto const text = current ? current->string() : older->string();",
           'auto const text = std::optional((current ? current->string() : older->string()).value_or("Authorized"));'),
    change("family-by-permissions", FAMILY, """return failure{reason::resource_malformed,
                   "Data.Permissions is missing, and so are Data.ControlParameters and Data.PaymentPurposeCode"};""",
           "return family::account_access_consent;"),
    change("resource-status-present", "src/events/resource_data.cpp", "return missing(name);",
           "return of == resource_family::insurance_quote ? consent::resource_status::application_pending\n"
           "         : of == resource_family::fx_quote      ? consent::resource_status::available\n"
           "                                                : consent::resource_status::pending;"),
    change("resource-status-text", "src/events/resource_data.cpp", "auto const text = found->string();",
           'auto const text = std::optional(found->string().value_or("Pending"));'),
    change("resource-status-known", "src/consent/resource_status.cpp", "auto const value = parse_resource_status(text);",
           "auto const value = std::optional(parse_resource_status(text).value_or(pending));"),
    Mutation("permission-shape-of-all", ("permission-shape", "permission-shape-told", "permissions-bounded",
                                         "permission-shape-and-bounds"), (PERMISSIONS_LIST, SHAPE, BOUNDS)),
    change("event-type", "src/events/envelope.cpp", "return std::nullopt;", "return consent::change::updated;"),
    change("event-one-id", FAMILY, "if (known) {\n        return failure", "if (false && known) {\n        return failure"),
    change("event-one-unknown-id", FAMILY, "several_unknown = several_unknown || unknown.has_value();",
           "several_unknown = several_unknown && unknown.has_value();"),
    change("id-length", STATUS, "text.size() > longest", "(false && text.size() > longest)"),
    change("id-empty", STATUS, "text.empty() || text", "(false && text.empty()) || text"),
    change("id-dots", STATUS, 'text == "." || text == ".."', '(false && (text == "." || text == ".."))'),
    change("id-characters", STATUS, "return std::all_of(text.begin(), text.end(), is_id_character);",
           "return true || std::all_of(text.begin(), text.end(), is_id_character);"),
    off("id-mismatch", DATA, "id->string() != std::string_view(report.consent_id)"),
    off("resource-id-mismatch", "src/events/resource_data.cpp", "repeated && repeated->string() != std::string_view(from.id_text)"),
    off("status-names-agree", DATA, "current && older && older->string() != text"),
    change("status-words", DATA, "auto const status = consent::parse_status(*text);",
           "auto const status = std::optional(consent::parse_status(*text).value_or(consent::status::authorized));"),
    off("status-time-present", DATA, "when && !*when && !must_count"),
    Mutation("permission-shape-told", ("permission-shape-told",), (SHAPE,)),
    Mutation("permissions-bounded", ("permissions-bounded",), (BOUNDS,)),
    Mutation("permission-shape-and-bounds", ("permission-shape-told", "permissions-bounded", "permission-shape-and-bounds"),
             (SHAPE, BOUNDS)),
    change("resource-status-words", "src/consent/resource_status.cpp", "return value && progress(of, *value) >= 0 ?",
           "return value && (true || progress(of, *value) >= 0) ?"),
    change("time-calendar", TIME, "if (!from.good() || !date.ok()) {", "if (!from.good() || (false && !date.ok())) {"),
    change("time-ranges", TIME, "good_ = good_ && number <= highest;", "good_ = good_ && (true || number <= highest);"),
    off("time-leap-second", TIME, "second == 60 && whole != floor<days>(whole)"),
    off("time-years", TIME, "whole < begin || whole >= end"),
    off("issuer-binding", "src/consent/decision.cpp", "event.issuer != known.issuer"),
    off("kind-binding", "src/consent/decision.cpp", "event.kind && *event.kind != known.kind"),
    off("payment-issuer-binding", "src/consent/resource.cpp", "payment.issuer != of.issuer"),
    off("payment-kind-binding", "src/consent/resource.cpp", "of.kind != kind::payment"),
]

MUTATIONS = REQUESTS + FORMS + TOKENS + ENVELOPES + CLAIMS + EVENTS
