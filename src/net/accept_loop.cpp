#include "net/accept_loop.hpp"

#include "net/socket_name.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <new>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace consentd::net {

namespace asio = boost::asio;

namespace {

// With no descriptor or memory left the connection stays in the kernel's queue, and accept() would fail at once again.
constexpr std::chrono::milliseconds exhausted_pause{100};

// Whoever connects faster than connections are taken would otherwise keep the thread from everything else.
constexpr unsigned accepted_in_a_row = 32;

bool is_exhaustion(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

// Errors of the connection that was to be accepted, not of the listening socket (accept(2), "Error handling").
bool is_connections_own(int error) noexcept {
  switch (error) {
  case ECONNABORTED:
  case EINTR:
  case EPERM:
  case EPROTO:
  case ENETDOWN:
  case ENOPROTOOPT:
  case EHOSTDOWN:
  case ENONET:
  case EHOSTUNREACH:
  case EOPNOTSUPP:
  case ENETUNREACH:
    return true;
  default:
    return false;
  }
}

void send_at_once(int fd, int family) noexcept {
  if (family == AF_INET || family == AF_INET6) {
    // An answer is one write: waiting for more to send would only delay it.
    int const on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
}

} // namespace

accept_loop::accept_loop(asio::any_io_executor const& executor, bound_socket socket,
                         std::shared_ptr<session_terms const> terms)
    : executor_{executor}, strand_{asio::make_strand(executor)}, socket_{std::move(socket)}, descriptor_{strand_},
      change_{strand_}, terms_{std::move(terms)} {
}

void accept_loop::start() {
  auto begin = [self = shared_from_this()] {
    if (self->stopping_) {
      return;
    }
    self->running_ = true;
    asio::co_spawn(self->strand_, self->run(), [self](std::exception_ptr const& problem) {
      self->running_ = false;
      self->change_.cancel();
      if (problem) {
        self->terms_->log.write(severity::error, "listener failed", {{"listener", self->socket_->name()}});
      }
    });
  };
  asio::post(strand_, std::move(begin));
}

void accept_loop::replace(limits const& bounds) {
  asio::post(strand_, [self = shared_from_this(), bounds] {
    auto const& old = *self->terms_;
    self->terms_ = std::make_shared<session_terms const>(old.tls, bounds, old.serve, old.log, old.proxy);
    self->change_.cancel(); // there may be room for more connections now
  });
}

asio::awaitable<void> accept_loop::run() {
  descriptor_.assign(socket_->native());
  while (!stopping_) {
    if (sessions() >= terms_->bounds.connections) {
      co_await wait_for_change(steady::time_point::max());
      continue;
    }
    boost::system::error_code error;
    co_await descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                                    asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      co_await accept_waiting();
    }
  }
  close_socket();
}

asio::awaitable<void> accept_loop::accept_waiting() {
  unsigned in_a_row = 0;
  while (!stopping_ && sessions() < terms_->bounds.connections) {
    if (++in_a_row > accepted_in_a_row) {
      in_a_row = 0;
      co_await asio::post(strand_, asio::use_awaitable);
      continue; // much may have changed meanwhile
    }
    auto const error = accept_one();
    if (error == EAGAIN) {
      co_return;
    }
    if (error != 0 && !is_connections_own(error)) {
      complain(error);
      co_await wait_for_change(steady::now() + exhausted_pause);
      co_return;
    }
  }
}

// Zero, or why there is one less: an errno.
int accept_loop::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  void* const raw = &address;
  file_descriptor fd{
      ::accept4(descriptor_.native_handle(), static_cast<sockaddr*>(raw), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  if (!fd) {
    return errno;
  }
  send_at_once(fd.get(), address.ss_family);
  try {
    auto who = peer_of(fd.get(), address, size);
    admit(std::move(fd), std::move(who));
  } catch (boost::system::system_error const& error) {
    return error.code().value();
  } catch (std::bad_alloc const&) {
    return ENOMEM;
  }
  last_complaint_ = 0;
  return 0;
}

void accept_loop::complain(int error) {
  // Once until it passes: a log line for each attempt would fill the disk of a machine that is already in need.
  if (std::exchange(last_complaint_, error) != error) {
    terms_->log.write(is_exhaustion(error) ? severity::warning : severity::error, "cannot accept connections",
                      {{"listener", socket_->name()}, {"problem", std::generic_category().message(error)}});
  }
}

bool accept_loop::has_too_many(net::peer const& who) {
  auto const most = terms_->bounds.connections_per_user;
  if (most == 0 || !who.uid || sessions_of(*who.uid) < most) {
    return false;
  }
  if (auto const times = user_complaints_.count(0, steady::now())) {
    terms_->log.write(severity::warning, "user has too many connections",
                      {{"listener", socket_->name()},
                       {"uid", std::to_string(*who.uid)},
                       {"pid", std::to_string(who.pid.value_or(0))},
                       {"limit", std::to_string(most)},
                       {"times", std::to_string(times)}});
  }
  return true;
}

void accept_loop::admit(file_descriptor fd, net::peer who) {
  if (has_too_many(who)) {
    return;
  }
  asio::any_io_executor const strand = asio::make_strand(executor_);
  auto const made = std::make_shared<connection>(strand, std::move(fd), std::move(who));
  enlist(made);
  try {
    auto at_end = [self = shared_from_this(), made](std::exception_ptr const&) { self->ended(made); };
    asio::co_spawn(strand, run_session(made, terms_),
                   asio::bind_cancellation_slot(made->cut_slot(), std::move(at_end)));
  } catch (...) {
    strike_off(made);
    throw;
  }
}

// The session's frames are gone when this runs: co_spawn destroys them before it calls back.
void accept_loop::ended(std::shared_ptr<connection> const& which) noexcept {
  strike_off(which);
  asio::post(strand_, [self = shared_from_this()] { self->change_.cancel(); });
}

void accept_loop::enlist(std::shared_ptr<connection> const& which) {
  std::lock_guard const lock{guard_};
  sessions_.insert(which);
  if (auto const uid = which->peer().uid) {
    try {
      ++of_user_[*uid];
    } catch (...) {
      sessions_.erase(which);
      throw;
    }
  }
}

void accept_loop::strike_off(std::shared_ptr<connection> const& which) noexcept {
  std::lock_guard const lock{guard_};
  sessions_.erase(which);
  auto const uid = which->peer().uid;
  auto const counted = uid ? of_user_.find(*uid) : of_user_.end();
  if (counted != of_user_.end() && --counted->second == 0) {
    of_user_.erase(counted);
  }
}

std::size_t accept_loop::sessions_of(uid_t user) const {
  std::lock_guard const lock{guard_};
  auto const counted = of_user_.find(user);
  return counted == of_user_.end() ? 0 : counted->second;
}

std::size_t accept_loop::sessions() const noexcept {
  std::lock_guard const lock{guard_};
  return sessions_.size();
}

std::vector<std::shared_ptr<connection>> accept_loop::living() const {
  std::lock_guard const lock{guard_};
  return {sessions_.begin(), sessions_.end()};
}

asio::awaitable<void> accept_loop::wait_for_change(steady::time_point deadline) {
  boost::system::error_code ignored;
  change_.expires_at(deadline);
  co_await change_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void accept_loop::ask_to_stop() {
  asio::post(strand_, [self = shared_from_this()] { self->begin_to_stop(); });
}

asio::awaitable<void> accept_loop::stop(std::chrono::milliseconds patience) {
  auto const self = shared_from_this();
  auto work = self->drain(patience);
  co_await asio::co_spawn(strand_, std::move(work), asio::use_awaitable);
}

template <class Action>
void accept_loop::tell_sessions(Action action) {
  for (auto const& each : living()) {
    asio::post(each->strand(), [each, action] { action(*each); });
  }
}

void accept_loop::begin_to_stop() {
  if (std::exchange(stopping_, true)) {
    return;
  }
  boost::system::error_code ignored;
  descriptor_.cancel(ignored);
  change_.cancel();
  tell_sessions([](connection& each) { each.ask_to_stop(); });
}

asio::awaitable<void> accept_loop::drain(std::chrono::milliseconds patience) {
  begin_to_stop();
  auto const empty = co_await wait_until_empty(steady::now() + patience);
  if (!empty) {
    tell_sessions([](connection& each) { each.cut(); });
    co_await wait_until_empty(steady::time_point::max());
  }
  close_socket();
}

asio::awaitable<bool> accept_loop::wait_until_empty(steady::time_point deadline) {
  while (running_ || sessions() > 0) {
    if (steady::now() >= deadline) {
      co_return false;
    }
    co_await wait_for_change(deadline);
  }
  co_return true;
}

void accept_loop::close_socket() noexcept {
  if (descriptor_.is_open()) {
    descriptor_.release();
  }
  socket_.reset();
}

} // namespace consentd::net
