#include "net/connection.hpp"

#include "net/origin/openssl.hpp"
#include "net/tls_bio.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace consentd::net {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

// A peer that always has something for us, or always takes what we have, would otherwise keep its thread from all
// others.
constexpr unsigned turns_in_a_row = 16;

// For what a peer still sends once we are stopping: enough for what is on its way.
constexpr std::chrono::milliseconds last_linger{500};

} // namespace

// A wait's deadline, in force as long as the wait's frame: it also ends when the frame is left by an exception.
class connection::watch {
public:
  watch(connection& whose, direction way, time_point deadline)
      : place_{whose.deadlines_.at(static_cast<unsigned>(way))} {
    place_ = deadline;
    whose.arm();
  }
  watch(watch const&) = delete;
  watch& operator=(watch const&) = delete;
  ~watch() { place_ = no_deadline; }

private:
  time_point& place_;
};

connection::connection(asio::any_io_executor strand, file_descriptor fd, net::peer who)
    : peer_{std::move(who)}, descriptor_{strand, fd.get()}, socket_{fd.get()}, timer_{strand} {
  fd.release();
}

connection::~connection() = default;

asio::awaitable<connection::transfer> connection::peek(std::span<char> into, time_point deadline) {
  for (;;) {
    if (broken_) {
      co_return transfer{io::broken, 0};
    }
    auto const step = plain_outcome(::recv(socket_, into.data(), into.size(), MSG_PEEK), attempt::outcome::wants_read);
    if (step.what == attempt::outcome::done) {
      co_return transfer{io::ready, step.size};
    }
    if (step.what != attempt::outcome::wants_read) {
      co_return transfer{step.what == attempt::outcome::closed ? io::closed : io::broken, 0};
    }
    auto const waited = co_await wait(step.what, deadline, stop_rule::obey);
    if (waited != io::ready) {
      co_return transfer{waited, 0};
    }
  }
}

bool connection::take(std::span<char> bytes) noexcept {
  if (broken_ || ::recv(socket_, bytes.data(), bytes.size(), 0) != std::ssize(bytes)) {
    mark_broken();
    return false;
  }
  return true;
}

asio::awaitable<io> connection::handshake(ssl_ptr session, time_point deadline) {
  tls_ = std::move(session);
  auto* const bio = tls_ == nullptr ? nullptr : new_socket_bio(socket_);
  if (bio == nullptr) {
    mark_broken();
    co_return io::broken;
  }
  SSL_set_bio(tls_.get(), bio, bio);
  for (;;) {
    if (broken_) {
      co_return io::broken;
    }
    ERR_clear_error();
    auto const step = tls_outcome(SSL_do_handshake(tls_.get()), 0);
    if (step.what == attempt::outcome::done) {
      note_certificate();
      co_return io::ready;
    }
    if (step.what == attempt::outcome::closed || step.what == attempt::outcome::broken) {
      co_return io::broken;
    }
    auto const waited = co_await wait(step.what, deadline, stop_rule::obey);
    if (waited != io::ready) {
      co_return waited;
    }
  }
}

void connection::note_certificate() {
  auto const* const certificate = SSL_get0_peer_certificate(tls_.get());
  // A client that was not asked has shown none; with SSL_VERIFY_PEER no other than a good one comes so far.
  if (certificate != nullptr && SSL_get_verify_result(tls_.get()) == X509_V_OK) {
    peer_.certificate = std::make_shared<std::string const>(der_of(*certificate));
  }
}

asio::awaitable<io> connection::fill(read_buffer& into, time_point deadline, stop_rule rule) {
  if (is_overdue()) {
    co_await take_turns();
  }
  for (;;) {
    auto const room = into.prepare();
    if (room.empty()) {
      co_return io::full;
    }
    auto const step = try_read(room);
    switch (step.what) {
    case attempt::outcome::done:
      into.commit(step.size);
      co_return io::ready;
    case attempt::outcome::closed:
      co_return io::closed;
    case attempt::outcome::broken:
      co_return io::broken;
    case attempt::outcome::wants_read:
    case attempt::outcome::wants_write:
      break;
    }
    into.release();
    auto const waited = co_await wait(step.what, deadline, rule);
    if (waited != io::ready) {
      co_return waited;
    }
  }
}

asio::awaitable<connection::transfer> connection::read_some(std::span<char> into, time_point deadline) {
  if (is_overdue()) {
    co_await take_turns();
  }
  for (;;) {
    auto const step = try_read(into);
    switch (step.what) {
    case attempt::outcome::done:
      co_return transfer{io::ready, step.size};
    case attempt::outcome::closed:
      co_return transfer{io::closed, 0};
    case attempt::outcome::broken:
      co_return transfer{io::broken, 0};
    case attempt::outcome::wants_read:
    case attempt::outcome::wants_write:
      break;
    }
    auto const waited = co_await wait(step.what, deadline);
    if (waited != io::ready) {
      co_return transfer{waited, 0};
    }
  }
}

asio::awaitable<io> connection::write(std::string_view bytes, time_point deadline) {
  if (is_overdue()) {
    co_await take_turns();
  }
  while (!bytes.empty()) {
    auto const step = try_write(bytes);
    switch (step.what) {
    case attempt::outcome::done:
      bytes.remove_prefix(step.size);
      continue;
    case attempt::outcome::closed:
    case attempt::outcome::broken:
      mark_broken();
      co_return io::broken;
    case attempt::outcome::wants_read:
    case attempt::outcome::wants_write:
      break;
    }
    auto const waited = co_await wait(step.what, deadline);
    if (waited != io::ready) {
      // Half a message is out: whatever followed would be read as its other half.
      mark_broken();
      co_return waited;
    }
  }
  co_return io::ready;
}

asio::awaitable<void> connection::finish(remainder rest, std::size_t drain_bytes, time_point deadline) {
  if (broken_) {
    co_return;
  }
  co_await say_goodbye(deadline);
  if (broken_ || (rest == remainder::none_expected && !has_unread())) {
    co_return;
  }
  // Nobody looks at what is drained, so TLS records are dropped unopened.
  std::vector<char> dropped(16384);
  for (std::size_t drained = 0; drained <= drain_bytes && !broken_;) {
    auto const step = plain_outcome(::recv(socket_, dropped.data(), dropped.size(), 0), attempt::outcome::wants_read);
    if (step.what == attempt::outcome::done) {
      drained += step.size;
      continue;
    }
    if (step.what != attempt::outcome::wants_read) {
      co_return;
    }
    if (stopping_) {
      deadline = std::min(deadline, stopped_at_ + last_linger);
    }
    auto const waited = co_await wait(step.what, deadline, stopping_ ? stop_rule::ignore : stop_rule::obey);
    if (waited != io::ready && waited != io::stopping) {
      co_return;
    }
  }
}

asio::awaitable<void> connection::say_goodbye(time_point deadline) {
  while (tls_ != nullptr && !broken_) {
    ERR_clear_error();
    auto const returned = SSL_shutdown(tls_.get());
    if (returned >= 0) {
      break;
    }
    auto const step = tls_outcome(returned, 0);
    if (step.what != attempt::outcome::wants_write) {
      break;
    }
    if (co_await wait(step.what, deadline) != io::ready) {
      break;
    }
  }
  if (!broken_) {
    ::shutdown(socket_, SHUT_WR);
  }
}

void connection::close() noexcept {
  if (std::exchange(closed_, true)) {
    return;
  }
  broken_ = true;
  boost::system::error_code ignored;
  descriptor_.close(ignored);
  socket_ = -1;
  timer_.cancel();
}

void connection::ask_to_stop() noexcept {
  if (!std::exchange(stopping_, true)) {
    stopped_at_ = steady::now();
  }
  if (!closed_) {
    // Waits that do not obey begin again.
    boost::system::error_code ignored;
    descriptor_.cancel(ignored);
  }
}

void connection::cut() {
  if (closed_) {
    return; // the session has ended: its slot may be gone
  }
  was_cut_ = true;
  close();
  cut_.emit(asio::cancellation_type::terminal);
}

connection::attempt connection::try_read(std::span<char> into) noexcept {
  if (broken_) {
    return {attempt::outcome::broken};
  }
  if (tls_ == nullptr) {
    auto const got = ::recv(socket_, into.data(), into.size(), 0);
    return plain_outcome(got, attempt::outcome::wants_read);
  }
  ERR_clear_error();
  std::size_t got = 0;
  auto const returned = SSL_read_ex(tls_.get(), into.data(), into.size(), &got);
  return tls_outcome(returned, got);
}

connection::attempt connection::try_write(std::string_view bytes) noexcept {
  if (broken_) {
    return {attempt::outcome::broken};
  }
  if (tls_ == nullptr) {
    auto const put = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return plain_outcome(put, attempt::outcome::wants_write);
  }
  ERR_clear_error();
  std::size_t put = 0;
  auto const returned = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &put);
  return tls_outcome(returned, put);
}

connection::attempt connection::plain_outcome(ssize_t done, attempt::outcome when_blocked) noexcept {
  if (done > 0) {
    return {attempt::outcome::done, static_cast<std::size_t>(done)};
  }
  if (done == 0) {
    return {attempt::outcome::closed};
  }
  if (errno == EAGAIN || errno == EINTR) {
    return {when_blocked};
  }
  return mark_broken();
}

connection::attempt connection::tls_outcome(int returned, std::size_t size) noexcept {
  if (returned == 1) {
    return {attempt::outcome::done, size};
  }
  switch (SSL_get_error(tls_.get(), returned)) {
  case SSL_ERROR_WANT_READ:
    return {attempt::outcome::wants_read};
  case SSL_ERROR_WANT_WRITE:
    return {attempt::outcome::wants_write};
  case SSL_ERROR_ZERO_RETURN:
    return {attempt::outcome::closed};
  default:
    break;
  }
  auto const verified = SSL_get_verify_result(tls_.get());
  auto const* const problem =
      verified == X509_V_OK ? ERR_reason_error_string(ERR_peek_last_error()) : X509_verify_cert_error_string(verified);
  tls_problem_ = problem == nullptr ? "" : problem;
  ERR_clear_error();
  return mark_broken();
}

connection::attempt connection::mark_broken() noexcept {
  broken_ = true;
  return {attempt::outcome::broken};
}

asio::awaitable<io> connection::wait(attempt::outcome want, time_point deadline, stop_rule rule) {
  auto const way = want == attempt::outcome::wants_read ? direction::read : direction::write;
  auto const kind =
      way == direction::read ? asio::posix::descriptor_base::wait_read : asio::posix::descriptor_base::wait_write;
  for (;;) {
    if (broken_) {
      co_return io::broken;
    }
    if (rule == stop_rule::obey && stopping_) {
      co_return io::stopping;
    }
    if (deadline != no_deadline && deadline <= steady::now()) {
      co_return io::timeout;
    }
    turns_ = 0;
    boost::system::error_code error;
    {
      watch const in_force{*this, way, deadline};
      co_await descriptor_.async_wait(kind, asio::redirect_error(asio::use_awaitable, error));
    }
    if (!error) {
      co_return broken_ ? io::broken : io::ready;
    }
    // Cancelled: by the watchdog, ask_to_stop() or cut(), on which the next turn decides, or for the other direction's
    // sake.
    if (error != asio::error::operation_aborted) {
      mark_broken();
    }
  }
}

bool connection::is_overdue() noexcept {
  return ++turns_ >= turns_in_a_row;
}

asio::awaitable<void> connection::take_turns() {
  turns_ = 0;
  co_await asio::post(asio::use_awaitable);
}

bool connection::has_unread() noexcept {
  int unread = 0;
  return ::ioctl(socket_, FIONREAD, &unread) == 0 && unread > 0;
}

void connection::arm() {
  auto const next = *std::min_element(deadlines_.begin(), deadlines_.end());
  if (next >= armed_) {
    return;
  }
  armed_ = next;
  timer_.expires_at(next);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code const& error) {
    if (auto const self = error ? nullptr : weak.lock()) {
      self->on_timer();
    }
  });
}

void connection::on_timer() {
  armed_ = no_deadline;
  if (closed_) {
    return;
  }
  auto const now = steady::now();
  if (std::any_of(deadlines_.begin(), deadlines_.end(), [now](time_point each) { return each <= now; })) {
    // Those whose deadline has not come wait again, and arm the timer again.
    boost::system::error_code ignored;
    descriptor_.cancel(ignored);
    return;
  }
  arm();
}

} // namespace consentd::net
