// Who follows a durable consumer's stream now: one at a time.
#ifndef CONSENTD_LOCALAPI_CONSUMER_LEASES_HPP
#define CONSENTD_LOCALAPI_CONSUMER_LEASES_HPP

#include "localapi/bell.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::localapi {

// A holder whose connection ends gives its lease back. One that is there but has not acknowledged, for as long as a
// lease, what it was sent loses it to the next who asks; one that owes nothing keeps it. Any thread.
class consumer_leases {
public:
  using time_point = std::chrono::steady_clock::time_point;

  // `bell` wakes the streams of holders that lose their lease; it must outlive this.
  consumer_leases(journal_bell& bell, std::chrono::milliseconds length) : bell_(bell), length_(length) {}

  // In the frame of the stream that holds it; ends before the leases.
  class lease {
  public:
    ~lease();
    lease(lease const&) = delete;
    lease& operator=(lease const&) = delete;

    // What is followed: the consumer of that generation (store::consumer_record), from that place on.
    void begin(std::uint64_t generation, std::uint64_t place);
    // Why the stream must end; empty while it may go on.
    std::string_view ended() const;
    // Something that is to be acknowledged by that number was written.
    void sent(std::uint64_t sequence);
    // Up to where everything was acknowledged by its holder; nothing while something that was sent is not.
    std::optional<std::uint64_t> settled() const;

  private:
    friend class consumer_leases;
    struct state;
    lease(consumer_leases& of, std::string name, std::shared_ptr<state> holds);
    consumer_leases& of_;
    std::string const name_;
    std::shared_ptr<state> const state_;
  };

  // The lease, or how long another may still hold it.
  using taken = boost::system::result<std::unique_ptr<lease>, std::chrono::milliseconds>;
  taken take(std::string const& name, time_point now);
  bool is_held(std::string const& name) const;
  // Of the consumer of that generation: whoever tells of it comes after the commit, and another may follow it by then.
  void acknowledged(std::string const& name, std::uint64_t generation, std::uint64_t sequence, time_point now);
  // Ends the stream of a holder that follows an older generation, if there is one. `why` is a literal.
  void end(std::string const& name, std::uint64_t generation, std::string_view why);

private:
  void give_back(std::string const& name, std::shared_ptr<lease::state> const& by);

  journal_bell& bell_;
  std::chrono::milliseconds const length_;
  mutable std::mutex guard_;
  std::map<std::string, std::shared_ptr<lease::state>, std::less<>> held_; // guarded by guard_, with what it points to
};

} // namespace consentd::localapi

#endif
