#include "tools/hubsim/setup.hpp"

#include "tools/hubsim/address.hpp"
#include "tools/hubsim/daemon_settings.hpp"
#include "tools/hubsim/deployment.hpp"
#include "tools/hubsim/files.hpp"

#include <system_error>

namespace consentd::hubsim {

namespace {

std::string issuer_name(std::size_t index) {
  switch (index) {
  case 0:
    return "bank-a";
  case 1:
    return "bank-b";
  case 2:
    return "insurer";
  default:
    return "lfi-" + std::to_string(index + 1);
  }
}

issuer make_issuer(std::string const& base_url, std::string const& name) {
  issuer made{name, base_url + "/" + name, {}, generate_rsa_2048()};
  made.kid = thumbprint(made.signer);
  return made;
}

result<void> check(setup_options const& how) {
  for (auto const* each : {&how.listen, &how.hub_listen, &how.operations}) {
    if (auto parsed = parse_address(*each); !parsed) {
      return parsed.error();
    }
  }
  // Its port is part of every issuer's name.
  if (parse_address(how.hub_listen)->port == 0) {
    return failure{reason::bad_setting, "the Hub's own address needs a port"};
  }
  auto const plain = [](char letter) { return letter > ' ' && letter != '"' && letter != '\\' && letter != '\x7f'; };
  for (auto const letter : how.audience) {
    if (!plain(letter)) {
      return failure{reason::bad_setting, "the audience holds a quote, a backslash, white space, or is not ASCII"};
    }
  }
  return {};
}

result<void> make_folders(std::filesystem::path const& folder) {
  for (auto const* each : {"", "tls", "keys", "jwks"}) {
    std::error_code error;
    std::filesystem::create_directories(folder / each, error);
    if (!error) {
      std::filesystem::permissions(folder / each, std::filesystem::perms::owner_all, error);
    }
    if (error) {
      return failure{reason::storage, "cannot make " + (folder / each).string() + ": " + error.message()};
    }
  }
  return {};
}

// Writes one file after another until one fails.
class writing {
public:
  explicit writing(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void put(std::string const& relative, std::string_view bytes, secrecy how = secrecy::open) {
    if (done_) {
      done_ = write_file(folder_ / relative, bytes, how);
    }
  }
  void put_key(std::string const& relative, key const& of) { put(relative, private_pem(of), secrecy::owner_only); }
  result<void> const& done() const noexcept { return done_; }

private:
  std::filesystem::path folder_;
  result<void> done_;
};

void write_tls(writing& out, timestamp now) {
  // The CA's private key is not kept: nothing else will ever be signed with it.
  auto const authority = generate_p256();
  auto const certificate = make_authority(authority, "consent-hubsim local CA", now);
  out.put(place::ca_certificate, certificate);
  for (auto const* name : {"consentd", "hubsim"}) {
    auto const own = generate_p256();
    out.put_key(std::string("tls/") + name + ".key", own);
    out.put(std::string("tls/") + name + ".crt", make_server(own, name, authority, certificate, now));
  }
}

void write_issuer(writing& out, issuer const& of) {
  out.put_key(place::signing_key(of.name), of.signer);
  out.put(place::jwks(of.name), jwk_set(of.signer, of.kid) + "\n");
}

void write_encryption(writing& out, deployment& into, std::size_t number, timestamp now) {
  auto const own = generate_rsa_2048();
  auto const certificate = make_encryption(own, into.audience, now);
  out.put_key(place::encryption_key(number), own);
  out.put(place::encryption_certificate(number), certificate);
  into.recipients.push_back(read_certificate(certificate, place::encryption_certificate(number)).value());
}

} // namespace

result<void> make_setup(std::filesystem::path const& folder, setup_options const& how, timestamp now) {
  if (auto sound = check(how); !sound) {
    return sound;
  }
  if (!how.force && std::filesystem::exists(folder / place::settings)) {
    return failure{reason::conflict, folder.string() + " holds a set-up already; --force replaces its keys"};
  }
  if (auto made = make_folders(folder); !made) {
    return made;
  }
  deployment made;
  made.folder = folder;
  made.created = std::chrono::floor<std::chrono::seconds>(now);
  made.url = "https://" + parse_address(how.listen)->reachable() + "/webhook";
  made.serve_on = how.hub_listen;
  made.base_url = "https://localhost:" + std::to_string(parse_address(how.hub_listen)->port);
  made.audience = how.audience;

  writing out(folder);
  write_tls(out, now);
  made.hub = make_issuer(made.base_url, "hub");
  write_issuer(out, made.hub);
  for (std::size_t index = 0; index != how.issuers; ++index) {
    made.issuers.push_back(make_issuer(made.base_url, issuer_name(index)));
    write_issuer(out, made.issuers.back());
  }
  for (std::size_t number = 1; number <= how.encryption_keys; ++number) {
    write_encryption(out, made, number, now);
  }
  out.put_key(place::stranger, generate_rsa_2048());
  out.put(place::daemon_settings, daemon_settings(made, how));
  // Last: its presence says that the set-up is whole.
  out.put(place::settings, describe_deployment(made));
  return out.done();
}

} // namespace consentd::hubsim
