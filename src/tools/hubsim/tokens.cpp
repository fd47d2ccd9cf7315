#include "tools/hubsim/tokens.hpp"

#include "base/base64url.hpp"
#include "json/writer.hpp"

namespace consentd::hubsim {

namespace {

// Adds raw members before the closing brace: the writer would not let a recipe write a member twice or half.
std::string with_members(std::string object, std::string const& more) {
  if (!more.empty()) {
    object.insert(object.size() - 1, "," + more);
  }
  return object;
}

} // namespace

std::string make_jws(jws_recipe const& how, std::string_view payload) {
  json::writer header;
  header.begin_object().member("alg", how.alg).member("kid", how.kid);
  if (!how.typ.empty()) {
    header.member("typ", how.typ);
  }
  header.end_object();
  auto token = encode_base64url(with_members(header.take(), how.more)) + "." + encode_base64url(payload);
  auto const signature = sign(how.how, how.signer, token);
  return token + "." + encode_base64url(signature);
}

std::string make_jwe(jwe_recipe const& how, std::string_view plaintext) {
  json::writer header;
  header.begin_object().member("alg", how.alg).member("enc", how.enc).member("kid", how.kid);
  if (!how.cty.empty()) {
    header.member("cty", how.cty);
  }
  header.end_object();
  auto const protected_header = encode_base64url(with_members(header.take(), how.more));
  auto const content_key = random_bytes(how.content_key_bytes);
  auto const vector = random_bytes(how.vector_bytes);
  auto const made = seal(content_key, vector, protected_header, plaintext);
  return protected_header + "." + encode_base64url(wrap(how.how, how.recipient, content_key)) + "." +
         encode_base64url(vector) + "." + encode_base64url(made.ciphertext) + "." +
         encode_base64url(std::string_view(made.tag).substr(0, how.tag_bytes));
}

} // namespace consentd::hubsim
