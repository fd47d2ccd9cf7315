// Accept loops and HTTP sessions over TLS, plain TCP and Unix sockets.
#ifndef CONSENTD_NET_LISTENER_HPP
#define CONSENTD_NET_LISTENER_HPP

#include "base/log.hpp"
#include "net/http.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace consentd::net {

struct limits {
  std::size_t connections = 1024;       // at the bound no more are accepted until one ends
  std::size_t connections_per_user = 0; // of Unix sockets; one more is closed unanswered; 0: no bound of its own
  std::size_t header_bytes = 16384;
  std::size_t drain_bytes = std::size_t{1024} * 1024; // read and thrown away after an early refusal
  std::chrono::milliseconds handshake{10000};         // PROXY header and TLS together
  std::chrono::milliseconds idle{60000};              // between two requests of a connection
  std::chrono::milliseconds header{10000};            // from a request's first byte to the end of its header section
  std::chrono::milliseconds body{30000};              // the whole body
  std::chrono::milliseconds write{30000};             // one write, and draining
};

// Whether a connection begins with a PROXY header (version 1 or 2), before TLS. Never guessed: whoever may connect to a
// listener that requires it may claim any address, and one that does not takes the header for a bad request.
enum class proxy_protocol : std::uint8_t { off, required };

// Certificate chain and private key of a TLS listener, PEM texts (RSA or ECDSA).
struct tls_identity {
  std::string certificate_chain;
  std::string private_key;
};

// Whether clients show certificates (mutual TLS). What was verified is in peer::certificate; whose it may be is for the
// handler to say.
struct client_certificates {
  enum class policy : std::uint8_t {
    none,    // they are not asked
    request, // a client may show none; one that cannot be verified fails the handshake
    require
  } ask = policy::none;
  // PEM texts, looked at unless `ask` is none. Roots at which a client's chain must end, 1 to 64; what stands between
  // is the client's to send.
  std::string authorities;
  // Revocation lists, at most 64; empty: nobody asks whether a certificate was revoked. Otherwise a client passes only
  // with a current list of its certificate's own issuer: without one, or with an outdated one, nobody does.
  std::string revocations;
};

// A TLS server context: TLS 1.3, and 1.2 with ECDHE and AES-GCM alone; no compression, no renegotiation; no tickets, no
// session cache and no early data, so that each connection has proved its keys itself. Shared by listeners, replaceable
// while they run. Any thread.
class tls_context {
public:
  // bad_key, saying which text, when a text cannot be used or key and certificate do not belong together.
  static result<std::shared_ptr<tls_context>> make(tls_identity const& identity,
                                                   client_certificates const& clients = {});
  ~tls_context();
  // Handshakes that begin later use what `next` was made of; connections go on with what they have, even with a
  // certificate that has been revoked.
  void replace(tls_context&& next) noexcept;
  struct handle;
  handle& native() noexcept;

private:
  explicit tls_context(std::unique_ptr<handle> made);
  std::unique_ptr<handle> handle_;
};

// A listening socket that is bound and listening, or was handed over by systemd (sd_listen_fds(3)).
class bound_socket {
public:
  // "127.0.0.1", "::1" (IPv6 alone, even "::"), port 0 for any. bad_setting with the address when it cannot be bound.
  static result<bound_socket> tcp(std::string const& address, std::uint16_t port);
  struct unix_options {
    mode_t mode = 0660;
    std::optional<gid_t> group;
  };
  // A stale socket file is replaced; one on which somebody listens, or is about to, is not (bad_setting): a lock on
  // `path`.lock, which stays there, is held as long as the socket. Sets the process's umask for a moment: call it while
  // no other thread makes files.
  static result<bound_socket> unix_path(std::string const& path, unix_options const& how);
  // Takes over descriptor `fd`. bad_setting when it is no listening stream socket; then `fd` stays the caller's.
  static result<bound_socket> adopt(int fd);

  bound_socket(bound_socket&&) noexcept;
  bound_socket& operator=(bound_socket&&) noexcept;
  ~bound_socket(); // closes, and removes a socket file that unix_path() made
  // "127.0.0.1:8443" with the port in force, or "unix:/run/…".
  std::string const& name() const noexcept;
  bool is_unix() const noexcept;
  int native() const noexcept;

private:
  bound_socket() = default;
  int fd_ = -1;
  int lock_ = -1; // of unix_path()
  std::string name_;
  // The socket file that unix_path() made, known by its inode: a successor's file of the same name is left alone.
  std::string unlink_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

// One listening socket, its sessions and their handler. Await stop() before destroying it, unless its context runs no
// more.
class listener {
public:
  // `tls` null: plain HTTP (loopback and Unix sockets). `executor` runs accept loop and sessions, each session on a
  // strand of its own. The handler, the log and the executor's context must outlive the listener. With `proxy`
  // required, a connection without a valid PROXY header is closed without an answer; a warning says so, at most once a
  // minute for each kind of problem.
  static std::unique_ptr<listener> make(boost::asio::any_io_executor executor, bound_socket socket,
                                        std::shared_ptr<tls_context> tls, limits const& bounds, handler& serve,
                                        log_sink& log, proxy_protocol proxy = proxy_protocol::off);
  virtual ~listener() = default;

  // Begins to accept. Once.
  virtual void start() = 0;
  // Connections that are accepted later have these. Any thread.
  virtual void replace(limits const& bounds) = 0;
  // Begins what stop() does and waits for nothing: of several listeners none goes on accepting while another ends. Any
  // thread.
  virtual void ask_to_stop() = 0;
  // Accepts no more; idle connections are closed, a request that is being answered is answered (with `Connection:
  // close`), streams are ended. After `patience` the rest is cut off: sockets closed, handlers cancelled (terminal).
  // Completes when no session and no handler's coroutine is left, so a handler that ignores cancellation delays it. Any
  // executor; once.
  virtual boost::asio::awaitable<void> stop(std::chrono::milliseconds patience) = 0;
  virtual std::size_t sessions() const noexcept = 0;
};

} // namespace consentd::net

#endif
