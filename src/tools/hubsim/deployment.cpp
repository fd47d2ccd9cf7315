#include "tools/hubsim/deployment.hpp"

#include "tools/hubsim/files.hpp"
#include "json/document.hpp"
#include "json/writer.hpp"

#include <stdexcept>

namespace consentd::hubsim {

namespace {

failure unusable(std::filesystem::path const& path, std::string const& what) {
  return {reason::bad_setting,
          path.string() + ": " + what + "; make the set-up anew with `consent-hubsim init --force`"};
}

result<key> load_key(deployment const& of, std::string const& relative) {
  auto const path = of.file(relative);
  auto pem = read_file(path);
  if (!pem) {
    return pem.error();
  }
  return read_private_pem(*pem, path.string());
}

result<issuer> load_issuer(deployment const& of, json::value from) {
  auto const name = from.find_string("name");
  auto const id = from.find_string("id");
  auto const kid = from.find_string("kid");
  if (!name || !id || !kid) {
    return unusable(of.file(place::settings), "an issuer lacks `name`, `id` or `kid`");
  }
  auto signer = load_key(of, place::signing_key(*name));
  if (!signer) {
    return signer.error();
  }
  return issuer{std::string(*name), std::string(*id), std::string(*kid), *signer};
}

result<void> load_texts(deployment& into, json::value root) {
  struct {
    char const* name;
    std::string* text;
  } const wanted[] = {
      {"url", &into.url}, {"serve_on", &into.serve_on}, {"base_url", &into.base_url}, {"audience", &into.audience}};
  for (auto const& [name, text] : wanted) {
    auto const found = root.find_string(name);
    if (!found) {
      return unusable(into.file(place::settings), std::string("no text `") + name + "`");
    }
    *text = *found;
  }
  auto const created = root.find_string("created");
  auto const when = created ? parse_date_time(*created) : std::nullopt;
  if (!when) {
    return unusable(into.file(place::settings), "no time `created`");
  }
  into.created = *when;
  return {};
}

result<void> load_lfis(deployment& into, json::value list) {
  for (auto at = list.first(); at; at = at->next()) {
    auto loaded = load_issuer(into, at->get());
    if (!loaded) {
      return loaded.error();
    }
    into.issuers.push_back(std::move(*loaded));
  }
  return {};
}

result<void> load_issuers(deployment& into, json::value root) {
  auto const hub = root.find("hub");
  auto const issuers = root.find("issuers");
  if (!hub || !issuers || issuers->size() < 3) {
    return unusable(into.file(place::settings), "no `hub`, or fewer than three `issuers`");
  }
  auto loaded_hub = load_issuer(into, *hub);
  if (!loaded_hub) {
    return loaded_hub.error();
  }
  into.hub = *loaded_hub;
  return load_lfis(into, *issuers);
}

result<void> load_recipients(deployment& into, json::value root) {
  auto const count = root.find("encryption_keys");
  auto const wanted = count ? count->integer() : std::nullopt;
  if (!wanted || *wanted < 1 || *wanted > 16) {
    return unusable(into.file(place::settings), "`encryption_keys` is no number from 1 to 16");
  }
  for (std::size_t number = 1; number <= static_cast<std::size_t>(*wanted); ++number) {
    auto const path = into.file(place::encryption_certificate(number));
    auto pem = read_file(path);
    if (!pem) {
      return pem.error();
    }
    auto certificate = read_certificate(*pem, path.string());
    if (!certificate) {
      return certificate.error();
    }
    into.recipients.push_back(*certificate);
  }
  return {};
}

void write_issuer(json::writer& out, issuer const& of) {
  out.begin_object().member("name", of.name).member("id", of.id).member("kid", of.kid).end_object();
}

} // namespace

std::string place::signing_key(std::string_view issuer_name) {
  return "keys/" + std::string(issuer_name) + ".key";
}

std::string place::jwks(std::string_view issuer_name) {
  return "jwks/" + std::string(issuer_name) + ".json";
}

std::string place::encryption_key(std::size_t number) {
  return "keys/encryption-" + std::to_string(number) + ".key";
}

std::string place::encryption_certificate(std::size_t number) {
  return "keys/encryption-" + std::to_string(number) + ".crt";
}

issuer const* deployment::find(std::string_view name_or_id) const noexcept {
  for (auto const& candidate : issuers) {
    if (candidate.name == name_or_id || candidate.id == name_or_id) {
      return &candidate;
    }
  }
  return nullptr;
}

issuer const& deployment::other_than(std::string_view id) const {
  for (auto const& candidate : issuers) {
    if (candidate.id != id) {
      return candidate;
    }
  }
  throw std::logic_error("a deployment with one issuer");
}

result<deployment> load_deployment(std::filesystem::path const& folder) {
  deployment made;
  made.folder = folder;
  auto const path = made.file(place::settings);
  auto text = read_file(path);
  if (!text) {
    return failure{text.error().code, text.error().detail + "; `consent-hubsim init " + folder.string() + "` makes it"};
  }
  auto parsed = json::document::parse(std::move(*text), {});
  if (!parsed) {
    return unusable(path, describe(parsed.error()));
  }
  auto const root = parsed->root();
  for (auto* const step : {&load_texts, &load_issuers, &load_recipients}) {
    if (auto done = step(made, root); !done) {
      return done.error();
    }
  }
  auto stranger = load_key(made, place::stranger);
  if (!stranger) {
    return stranger.error();
  }
  made.stranger = *stranger;
  return made;
}

std::string describe_deployment(deployment const& of) {
  json::writer out;
  out.begin_object().member("created", format_date_time(of.created)).member("url", of.url);
  out.member("serve_on", of.serve_on).member("base_url", of.base_url).member("audience", of.audience);
  out.name("hub");
  write_issuer(out, of.hub);
  out.name("issuers").begin_array();
  for (auto const& each : of.issuers) {
    write_issuer(out, each);
  }
  out.end_array();
  out.name("encryption_keys").integer(static_cast<std::int64_t>(of.recipients.size()));
  out.end_object();
  return out.take() + "\n";
}

} // namespace consentd::hubsim
