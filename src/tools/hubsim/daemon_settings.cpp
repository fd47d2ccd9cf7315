#include "tools/hubsim/daemon_settings.hpp"

namespace consentd::hubsim {

namespace {

std::string line(std::string_view name, std::string_view text) {
  return std::string(name) + " = \"" + std::string(text) + "\"\n";
}

bool by_file(key_transport how, bool first) {
  return how == key_transport::file || (how == key_transport::mixed && first);
}

std::string key_place(issuer const& of, bool file) {
  return file ? line("jwks_file", place::jwks(of.name)) : line("jwks_url", of.id + "/jwks");
}

// The last one of several is found by discovery, so that every way of finding keys is in use.
std::string issuers(deployment const& of, key_transport how) {
  std::string text;
  for (auto const& each : of.issuers) {
    bool const discovered = how != key_transport::file && of.issuers.size() > 1 && &each == &of.issuers.back();
    text += "\n[[issuer]]\n" + line("id", each.id) +
            (discovered ? std::string() : key_place(each, by_file(how, &each == &of.issuers.front())));
  }
  return text;
}

std::string decryption_keys(std::size_t count) {
  std::string text;
  for (std::size_t number = 1; number <= count; ++number) {
    text += "\n[[decryption_key]]\n" + line("private_key", place::encryption_key(number)) +
            line("certificate", place::encryption_certificate(number));
  }
  return text;
}

} // namespace

std::string daemon_settings(deployment const& of, setup_options const& how) {
  return "# A local set-up, made by `consent-hubsim init`. Paths are relative to this file.\n"
         "\n[hub]\nlisten = [\"" +
         how.listen + "\"]\n" + line("path", "/webhook") + line("certificate", "tls/consentd.crt") +
         line("private_key", "tls/consentd.key") + //
         "\n[bearer]\n" + line("issuer", of.hub.id) + line("audience", of.audience) +
         key_place(of.hub, how.jwks == key_transport::file) + //
         "\n[events]\naudiences = [\"" + of.audience + "\"]\n" + line("unknown_consents", how.unknown_consents) +
         decryption_keys(how.encryption_keys) + issuers(of, how.jwks) +                               //
         "\n[jwks]\n" + line("ca_file", place::ca_certificate) + "allow_private_addresses = true\n" + //
         "\n[store]\n" + line("path", "consentd.db") +                                                //
         "\n[api]\n" + line("socket", "api.sock") +                                                   //
         "\n[operations]\n" + line("listen", how.operations);
}

} // namespace consentd::hubsim
