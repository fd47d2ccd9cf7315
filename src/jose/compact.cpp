#include "jose/compact.hpp"

#include "base/base64url.hpp"
#include "json/document.hpp"

#include <utility>

namespace consentd::jose {

namespace {

// Where the parts begin, and one past the last part plus one, so that part i is [at[i], at[i + 1] - 1).
template <std::size_t Parts>
using places = std::array<std::size_t, Parts + 1>;

template <std::size_t Parts>
std::string_view slice(std::string_view token, places<Parts> const& at, std::size_t index) {
  return token.substr(at[index], at[index + 1] - at[index] - 1);
}

template <std::size_t Parts>
result<places<Parts>> split(std::string_view token, reason code) {
  places<Parts> at{};
  std::size_t found = 1;
  for (auto dot = token.find('.'); dot != std::string_view::npos; dot = token.find('.', dot + 1)) {
    if (found == Parts) {
      return failure{code, "more than " + std::to_string(Parts) + " parts"};
    }
    at[found++] = dot + 1;
  }
  if (found != Parts) {
    return failure{code, std::to_string(found) + " of " + std::to_string(Parts) + " parts"};
  }
  at[Parts] = token.size() + 1;
  return at;
}

template <std::size_t Parts>
using part_names = std::array<std::string_view, Parts>;

constexpr part_names<3> jws_parts{"protected header", "payload", "signature"};
constexpr part_names<5> jwe_parts{"protected header", "encrypted key", "initialisation vector", "ciphertext",
                                  "authentication tag"};

// An empty payload is a payload (RFC 7515 section 4 leaves it open); no other part of either form may be empty here.
template <std::size_t Parts>
bool may_be_empty(std::size_t index) {
  return Parts == jws_parts.size() && index == 1;
}

struct codes {
  reason shape;
  reason header;
};

constexpr codes jws_codes{reason::not_a_jws, reason::jws_header};
constexpr codes jwe_codes{reason::not_a_jwe, reason::jwe_header};

// Sizes first, then the alphabet: nothing is decoded here.
template <std::size_t Parts>
result<places<Parts>> take_apart(std::string_view token, bounds const& limit, part_names<Parts> const& names,
                                 codes const& code) {
  if (token.size() > limit.token_bytes) {
    return failure{code.shape, "over " + std::to_string(limit.token_bytes) + " bytes"};
  }
  auto at = split<Parts>(token, code.shape);
  if (!at) {
    return at.error();
  }
  for (std::size_t i = 0; i < Parts; ++i) {
    auto const part = slice<Parts>(token, *at, i);
    if (part.empty() && !may_be_empty<Parts>(i)) {
      return failure{code.shape, "the " + std::string(names[i]) + " is empty"};
    }
    if (!is_base64url(part)) {
      return failure{code.shape, "the " + std::string(names[i]) + " is not canonical base64url"};
    }
  }
  if (slice<Parts>(token, *at, 0).size() > limit.header_bytes) {
    return failure{code.header, "the protected header is over " + std::to_string(limit.header_bytes) + " bytes"};
  }
  return at;
}

// Headers are flat but for key material that is passed over (`jwk`, `x5c`).
result<json::document> read_object(std::string_view encoded, bounds const& limit, reason code) {
  auto decoded = decode_base64url(encoded);
  if (!decoded) {
    return failure{code, "the protected header is not canonical base64url"};
  }
  auto parsed = json::document::parse(std::move(*decoded),
                                      {.bytes = limit.header_bytes, .depth = 8, .values = limit.header_bytes});
  if (!parsed) {
    return failure{code, "the protected header: " + parsed.error().detail};
  }
  if (!parsed->root().is_object()) {
    return failure{code, "the protected header is no JSON object"};
  }
  return parsed;
}

result<std::optional<std::string>> text_member(json::value const& header, std::string_view name, reason code) {
  auto const member = header.find(name);
  if (!member) {
    return std::optional<std::string>{};
  }
  auto const text = member->string();
  if (!text) {
    return failure{code, "header member " + std::string(name) + " is no string"};
  }
  return std::optional<std::string>(*text);
}

result<protected_header> read_header(std::string_view encoded, bounds const& limit, reason code) {
  auto const parsed = read_object(encoded, limit, code);
  if (!parsed) {
    return parsed.error();
  }
  auto const root = parsed->root();
  // Each changes what the other parts mean (RFC 7515 section 4.1.11, RFC 7797, RFC 7516 section 4.1.3), and cjose takes
  // no notice of them; so their presence alone is refused, whatever the value.
  for (auto const* name : {"crit", "b64", "zip"}) {
    if (root.find(name)) {
      return failure{code, "header member " + std::string(name) + " is not allowed"};
    }
  }
  protected_header header;
  struct wanted {
    std::string_view name;
    std::optional<std::string>* into;
  };
  std::optional<std::string> alg;
  std::optional<std::string> enc;
  std::optional<std::string> kid;
  for (auto const& [name, into] : {wanted{"alg", &alg}, wanted{"enc", &enc}, wanted{"kid", &kid},
                                   wanted{"typ", &header.typ}, wanted{"cty", &header.cty}}) {
    auto text = text_member(root, name, code);
    if (!text) {
      return text.error();
    }
    *into = std::move(*text);
  }
  if (!alg || alg->empty()) {
    return failure{code, "header member alg is missing"};
  }
  header.alg = std::move(*alg);
  header.enc = std::move(enc).value_or("");
  header.kid = std::move(kid).value_or("");
  return header;
}

} // namespace

result<compact_jws> compact_jws::parse(std::string token, bounds const& limit) {
  auto const at = take_apart<3>(token, limit, jws_parts, jws_codes);
  if (!at) {
    return at.error();
  }
  auto header = read_header(slice<3>(token, *at, 0), limit, jws_codes.header);
  if (!header) {
    return header.error();
  }
  compact_jws parsed;
  parsed.header_ = std::move(*header);
  parsed.header_.enc.clear();
  parsed.header_end_ = (*at)[1] - 1;
  parsed.payload_end_ = (*at)[2] - 1;
  parsed.token_ = std::move(token);
  return parsed;
}

std::string_view compact_jws::payload_part() const noexcept {
  return signing_input().substr(header_end_ + 1);
}

result<compact_jwe> compact_jwe::parse(std::string token, bounds const& limit) {
  auto const at = take_apart<5>(token, limit, jwe_parts, jwe_codes);
  if (!at) {
    return at.error();
  }
  auto header = read_header(slice<5>(token, *at, 0), limit, jwe_codes.header);
  if (!header) {
    return header.error();
  }
  if (header->enc.empty()) {
    return failure{jwe_codes.header, "header member enc is missing"};
  }
  compact_jwe parsed;
  parsed.header_ = std::move(*header);
  parsed.starts_ = *at;
  parsed.token_ = std::move(token);
  return parsed;
}

std::string_view compact_jwe::part(std::size_t index) const {
  return std::string_view(token_).substr(starts_.at(index), starts_.at(index + 1) - starts_.at(index) - 1);
}

result<void> looks_like_jwe(std::string_view token, bounds const& limit) {
  auto const at = take_apart<5>(token, limit, jwe_parts, jwe_codes);
  if (!at) {
    return at.error();
  }
  auto const header = read_object(slice<5>(token, *at, 0), limit, jwe_codes.header);
  if (!header) {
    return header.error();
  }
  return {};
}

} // namespace consentd::jose
