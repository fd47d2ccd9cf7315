// The verification keys of configured issuers, from files or over HTTPS (contract sections 2 and 3).
#ifndef CONSENTD_HUB_ISSUER_KEYS_HPP
#define CONSENTD_HUB_ISSUER_KEYS_HPP

#include "base/log.hpp"
#include "hub/https_get.hpp"
#include "jose/key_source.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace consentd::hub {

// Where an issuer's keys come from: a set that was read from a file and stays, or a URL that is asked again and again.
struct key_origin {
  std::string issuer;
  std::variant<std::shared_ptr<jose::jwk_set const>, std::string> from;
};

struct refresh_settings {
  std::chrono::seconds fresh{600};       // asked again after this
  std::chrono::seconds stale_for{21600}; // how much longer the last good set serves while asking fails
  std::chrono::seconds early{30};        // at most one refresh for an unknown key id in this time
  std::size_t max_keys = 64;
  fetch_limits limits;
};

// How an issuer's keys stand, for status and readiness.
struct key_standing {
  std::string issuer;
  std::size_t keys = 0; // 0: no set in force
  std::chrono::seconds age{0};
};

// One set of issuers; one for the Hub's own key and one for the LFIs', so that neither serves for the other (contract
// section 3). `executor` carries the refreshing; find() may be called on any thread. `arrived` is called, on the
// executor, when an issuer that had no keys in force has them. What is given must outlive it; stop() must have
// completed before it ends.
class issuer_keys final : public jose::key_source {
public:
  issuer_keys(boost::asio::any_io_executor executor, std::vector<key_origin> origins, refresh_settings how,
              std::shared_ptr<boost::asio::ssl::context> trust, log_sink& log,
              std::function<void(std::string const&)> arrived);
  ~issuer_keys() override;

  void start();
  boost::asio::awaitable<void> stop();

  result<std::shared_ptr<jose::verification_key const>> find(std::string_view issuer,
                                                             std::string_view kid) const override;
  std::vector<key_standing> standing() const;

private:
  struct entry;
  entry* entry_of(std::string_view issuer) const noexcept;
  boost::asio::awaitable<void> keep_fresh(entry& of);
  boost::asio::awaitable<bool> refresh(entry& of);
  bool take_over(entry& of, std::string text);
  std::shared_ptr<jose::jwk_set const> in_force(entry const& of) const;
  void ask_early(entry& of) const;

  boost::asio::strand<boost::asio::any_io_executor> strand_;
  refresh_settings how_;
  std::shared_ptr<boost::asio::ssl::context> trust_;
  log_sink& log_;
  std::function<void(std::string const&)> arrived_;
  std::vector<std::unique_ptr<entry>> entries_;
  bool stopping_ = false;
  std::size_t running_ = 0;
};

} // namespace consentd::hub

#endif
