// Accepts connections and keeps count of their sessions.
#ifndef CONSENTD_NET_ACCEPT_LOOP_HPP
#define CONSENTD_NET_ACCEPT_LOOP_HPP

#include "net/complaint_pace.hpp"
#include "net/connection.hpp"
#include "net/file_descriptor.hpp"
#include "net/listener.hpp"
#include "net/session.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <sys/types.h>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace consentd::net {

// What a listener is made of, shared with its sessions so that the last of them finds its count. Members without
// another word belong to the loop's own strand.
class accept_loop : public std::enable_shared_from_this<accept_loop> {
public:
  accept_loop(boost::asio::any_io_executor const& executor, bound_socket socket,
              std::shared_ptr<session_terms const> terms);

  // Any thread.
  void start();
  void replace(limits const& bounds);
  void ask_to_stop();
  boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);
  std::size_t sessions() const noexcept;

private:
  using steady = std::chrono::steady_clock;

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> accept_waiting();
  int accept_one();
  void begin_to_stop();
  boost::asio::awaitable<void> drain(std::chrono::milliseconds patience);
  boost::asio::awaitable<bool> wait_until_empty(steady::time_point deadline);
  boost::asio::awaitable<void> wait_for_change(steady::time_point deadline);
  bool has_too_many(net::peer const& who);
  void admit(file_descriptor fd, net::peer who);
  void ended(std::shared_ptr<connection> const& which) noexcept;
  void enlist(std::shared_ptr<connection> const& which);
  void strike_off(std::shared_ptr<connection> const& which) noexcept;
  std::size_t sessions_of(uid_t user) const;
  void close_socket() noexcept;
  void complain(int error);
  std::vector<std::shared_ptr<connection>> living() const;
  template <class Action>
  void tell_sessions(Action action);

  boost::asio::any_io_executor executor_; // of the sessions, each with its strand
  boost::asio::any_io_executor strand_;
  std::optional<bound_socket> socket_;
  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::steady_timer change_; // cancelled when a session ends or stop() is called
  std::shared_ptr<session_terms const> terms_;
  bool stopping_ = false;
  bool running_ = false;
  int last_complaint_ = 0;
  complaint_pace user_complaints_{1};
  mutable std::mutex guard_;
  // Guarded by guard_.
  std::unordered_set<std::shared_ptr<connection>> sessions_;
  std::unordered_map<uid_t, std::size_t> of_user_; // of Unix sockets; none is zero
};

} // namespace consentd::net

#endif
