#include "app/key_calendar.hpp"

#include "base/certificate_end.hpp"
#include "config/files.hpp"

#include <utility>

namespace consentd::app {
namespace {

using end_of = result<timestamp> (*)(std::string_view pem);

// What is wrong with a file is for its user to say; here it has no end that is known.
void add(std::vector<dated>& to, std::string_view kind, std::string const& path, end_of end) {
  if (path.empty()) {
    return;
  }
  auto const text = config::read_file(path);
  auto const when = text ? end(*text) : result<timestamp>(text.error());
  to.push_back({std::string(kind), path, when ? std::optional(*when) : std::nullopt});
}

end_watch::notice notice_for(timestamp not_after, timestamp now) {
  auto const left = not_after - now;
  return left <= timestamp::duration(0)  ? end_watch::notice::ended
         : left <= std::chrono::days(1)  ? end_watch::notice::day
         : left <= std::chrono::days(7)  ? end_watch::notice::week
         : left <= std::chrono::days(30) ? end_watch::notice::month
                                         : end_watch::notice::none;
}

} // namespace

std::vector<dated> calendar_of(config::settings const& how, config::decryption_keys const& keys) {
  std::vector<dated> all;
  for (auto const& one : keys.ring.keys()) {
    all.push_back({std::string(decryption_key), one.key->kid(), one.not_after});
  }
  for (auto const& one : keys.certificates) {
    all.push_back({"decryption-certificate", one.kid, one.not_after});
  }
  if (!how.errors.private_key.empty()) {
    all.push_back({"error-signing-key", how.errors.kid, std::nullopt});
  }
  add(all, "tls-certificate", how.hub.certificate, certificate_end);
  add(all, "client-authority", how.hub.client_ca_file, certificate_end);
  add(all, "client-revocation-list", how.hub.client_crl_file, revocation_list_end);
  add(all, "jwks-client-certificate", how.jwks.client_certificate, certificate_end);
  return all;
}

std::vector<std::pair<dated, end_watch::notice>> end_watch::due(std::vector<dated> const& all, timestamp now) {
  std::vector<std::pair<dated, notice>> found;
  std::map<identity, said> known;
  for (auto const& one : all) {
    if (!one.not_after) {
      continue;
    }
    identity const who{one.kind, one.name};
    auto const before = said_.find(who);
    bool const same = before != said_.end() && before->second.not_after == *one.not_after;
    auto const last = same ? before->second.last : notice::none;
    auto const now_due = notice_for(*one.not_after, now);
    if (now_due > last) {
      found.emplace_back(one, now_due);
    }
    known[who] = {*one.not_after, std::max(last, now_due)};
  }
  said_.swap(known);
  return found;
}

} // namespace consentd::app
