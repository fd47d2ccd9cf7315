#include "tools/consentctl/inspect.hpp"

#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/output.hpp"

#include <array>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>

namespace consentd::consentctl {

namespace {

std::optional<std::string> read_all(std::istream& from) {
  std::string out;
  std::array<char, 65536> chunk{};
  while (from.read(chunk.data(), chunk.size()) || from.gcount() > 0) {
    out.append(chunk.data(), static_cast<std::size_t>(from.gcount()));
    if (out.size() > max_token_bytes) {
      return std::nullopt;
    }
  }
  return from.bad() ? std::nullopt : std::optional(std::move(out));
}

std::optional<std::string> read_token(std::string const& file) {
  if (file == "-") {
    return read_all(std::cin);
  }
  std::ifstream in(file, std::ios::binary);
  return in ? read_all(in) : std::nullopt;
}

// Line ends that an editor or a shell added are no part of a token; "Bearer " is how it stands in a log of a header.
std::string strip(std::string token, bool bearer) {
  token.erase(token.find_last_not_of(" \t\r\n") + 1);
  constexpr std::string_view scheme = "Bearer ";
  if (bearer && token.starts_with(scheme)) {
    token.erase(0, scheme.size());
  }
  return token;
}

int inspect(context const& with, inspect_options const& asked) {
  auto const received = asked.at.empty() ? std::optional(system_clock().now()) : parse_date_time(asked.at);
  if (!received) {
    return complain("--at: a date and time of RFC 3339 is expected", exit_usage);
  }
  auto read = read_token(asked.file);
  if (!read) {
    return complain(asked.file + ": cannot be read, or is over 20 MiB", exit_unchecked);
  }
  auto const token = strip(std::move(*read), asked.bearer);
  inspection found;
  if (asked.evidence) {
    inspect_evidence(asked, token, found);
  } else if (asked.jose_only) {
    inspect_jose(asked, token, found);
  } else if (asked.bearer) {
    inspect_bearer(asked, token, *received, found);
  } else {
    inspect_event(asked, token, *received, found);
  }
  if (!print(with.json ? found.as_json() + "\n" : found.as_text())) {
    return exit_output;
  }
  switch (found.verdict()) {
  case inspection_verdict::valid:
    return exit_fine;
  case inspection_verdict::invalid:
    return exit_failed;
  case inspection_verdict::not_checked:
    break;
  }
  return exit_unchecked;
}

} // namespace

void add_inspect(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("inspect", "Checks a JWE, or a bearer JWT, offline and step by step");
  auto asked = std::make_shared<inspect_options>();
  asked->config = "/etc/consentd/consentd.toml";
  command->add_option("file", asked->file, "The token's file, or -")->required();
  auto* const config = command->add_option("--config", asked->config, "The daemon's settings")->capture_default_str();
  auto* const bearer = command->add_flag("--bearer", asked->bearer, "It is the authorization JWT");
  auto* const jwks =
      command->add_option("--jwks", asked->jwks, "ISSUER=FILE: a key set to use instead of the configured one");
  auto* const at = command->add_option("--at", asked->at, "Time of receipt (RFC 3339); now, where none is given");
  auto* const payload =
      command->add_flag("--show-payload", asked->show_payload, "Print what was signed, personal data included");
  auto* const bare = command->add_flag("--jose-only", asked->jose_only, "Only JWE or JWS, with the key of --key");
  auto* const evidence = command->add_flag("--evidence", asked->evidence, "It is what a delivery's evidence call gave");
  evidence->excludes(bearer)->excludes(bare)->excludes(config)->excludes(at);
  auto* const key = command->add_option("--key", asked->key, "A JWK: private for a JWE, public for a JWS");
  auto* const sha1 = command->add_flag("--allow-rsa-oaep-sha1", asked->allow_sha1, "RSA-OAEP counts, with --jose-only");
  bare->needs(key)->excludes(bearer)->excludes(config)->excludes(jwks)->excludes(at);
  bearer->excludes(payload);
  key->needs(bare);
  sha1->needs(bare);
  command->callback([&run, &with, asked] { run = [&with, asked] { return inspect(with, *asked); }; });
}

} // namespace consentd::consentctl
