#include "net/tls_bio.hpp"

#include <cerrno>
#include <memory>
#include <sys/socket.h>
#include <sys/types.h>

namespace consentd::net {
namespace {

struct method_deleter {
  void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
};

int socket_of(BIO* bio) noexcept {
  return *static_cast<int const*>(BIO_get_data(bio));
}

bool passing(ssize_t done) noexcept {
  return done < 0 && (errno == EAGAIN || errno == EINTR);
}

int read_socket(BIO* bio, char* into, std::size_t size, std::size_t* done) {
  BIO_clear_retry_flags(bio);
  auto const got = ::recv(socket_of(bio), into, size, 0);
  if (got > 0) {
    *done = static_cast<std::size_t>(got);
    return 1;
  }
  if (passing(got)) {
    BIO_set_retry_read(bio);
  }
  return 0;
}

int write_socket(BIO* bio, char const* from, std::size_t size, std::size_t* done) {
  BIO_clear_retry_flags(bio);
  auto const put = ::send(socket_of(bio), from, size, MSG_NOSIGNAL);
  if (put >= 0) {
    *done = static_cast<std::size_t>(put);
    return 1;
  }
  if (passing(put)) {
    BIO_set_retry_write(bio);
  }
  return 0;
}

// Nothing is buffered here, so a flush has always succeeded; no other control applies.
long control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* make_method() {
  auto* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "consentd socket");
  if (made != nullptr) {
    BIO_meth_set_read_ex(made, read_socket);
    BIO_meth_set_write_ex(made, write_socket);
    BIO_meth_set_ctrl(made, control);
  }
  return made;
}

} // namespace

BIO* new_socket_bio(int& fd) {
  static std::unique_ptr<BIO_METHOD, method_deleter> const method{make_method()};
  if (method == nullptr) {
    return nullptr;
  }
  auto* const bio = BIO_new(method.get());
  if (bio != nullptr) {
    BIO_set_data(bio, &fd);
    BIO_set_init(bio, 1);
  }
  return bio;
}

} // namespace consentd::net
