#include "tools/hubsim/rotation.hpp"

#include "tools/hubsim/files.hpp"
#include "json/document.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace consentd::hubsim {
namespace {

constexpr json::limits set_bounds{.bytes = std::size_t{1024} * 1024, .depth = 8, .values = 10000};
constexpr std::array<std::pair<trouble, std::string_view>, 3> words{
    {{trouble::down, "down"}, {trouble::broken, "broken"}, {trouble::slow, "slow"}}};

failure no_such_issuer(deployment const& by, std::string const& name) {
  return {reason::not_found, "no issuer \"" + name + "\" in " + by.file(place::settings).string()};
}

issuer* find(deployment& by, std::string const& name_or_id) {
  if (name_or_id == by.hub.name || name_or_id == by.hub.id) {
    return &by.hub;
  }
  auto const found = std::find_if(by.issuers.begin(), by.issuers.end(),
                                  [&](issuer const& each) { return each.name == name_or_id || each.id == name_or_id; });
  return found == by.issuers.end() ? nullptr : &*found;
}

// The set with one key more.
result<std::string> joined(std::string set, std::string const& own) {
  auto const read = json::document::parse(std::move(set), set_bounds);
  auto const keys = read ? read->root().find("keys") : std::nullopt;
  if (!keys || !keys->is_array()) {
    return failure{reason::bad_key, "what is published is no key set"};
  }
  std::string all;
  for (auto each = keys->first(); each; each = each->next()) {
    all += std::string(each->get().raw()) + ",";
  }
  return "{\"keys\":[" + all + own + "]}\n";
}

result<void> publish(deployment const& by, issuer const& of, publication how) {
  if (how == publication::none) {
    return {};
  }
  auto const place = by.file(place::jwks(of.name));
  if (how == publication::alone) {
    return write_file(place, jwk_set(of.signer, of.kid) + "\n");
  }
  auto const before = read_file(place);
  auto const set = before ? joined(*before, jwk(of.signer, of.kid)) : result<std::string>(before.error());
  return set ? write_file(place, *set) : set.error();
}

std::string trouble_file(std::string_view issuer_name) {
  return "jwks/" + std::string(issuer_name) + ".trouble";
}

} // namespace

result<std::string> rotate(deployment by, std::string const& name_or_id, publication how) {
  auto* const of = find(by, name_or_id);
  if (of == nullptr) {
    return no_such_issuer(by, name_or_id);
  }
  of->signer = generate_rsa_2048();
  of->kid = thumbprint(of->signer);
  // Published before it is used, as it should be.
  if (auto published = publish(by, *of, how); !published) {
    return published.error();
  }
  auto const key_file = by.file(place::signing_key(of->name));
  if (auto kept = write_file(key_file, private_pem(of->signer), secrecy::owner_only); !kept) {
    return kept.error();
  }
  if (auto told = write_file(by.file(place::settings), describe_deployment(by)); !told) {
    return told.error();
  }
  return of->kid;
}

result<void> set_trouble(deployment const& by, std::string const& name_or_id, trouble what) {
  auto copy = by;
  auto const* const of = find(copy, name_or_id);
  if (of == nullptr) {
    return no_such_issuer(by, name_or_id);
  }
  auto const* const word =
      std::find_if(words.begin(), words.end(), [what](auto const& one) { return one.first == what; });
  return write_file(by.file(trouble_file(of->name)), word == words.end() ? std::string_view("none") : word->second);
}

trouble trouble_of(deployment const& by, std::string_view issuer_name) {
  auto const text = read_file(by.file(trouble_file(issuer_name)));
  auto const* const word =
      std::find_if(words.begin(), words.end(), [&](auto const& one) { return text && *text == one.second; });
  return word == words.end() ? trouble::none : word->first;
}

} // namespace consentd::hubsim
