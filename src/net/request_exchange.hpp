// One request and its answer over a connection.
#ifndef CONSENTD_NET_REQUEST_EXCHANGE_HPP
#define CONSENTD_NET_REQUEST_EXCHANGE_HPP

#include "net/answer_text.hpp"
#include "net/connection.hpp"
#include "net/http.hpp"
#include "net/listener.hpp"
#include "net/read_buffer.hpp"
#include "net/request_parser.hpp"

#include <cstdint>

namespace consentd::net {

// Lives in the session's frame, on its strand; all it refers to outlives it.
class request_exchange final : public exchange {
public:
  request_exchange(connection& with, read_buffer& buffer, limits const& bounds, request_parser& parser,
                   request_head const& head);

  request_head const& head() const noexcept override { return head_; }
  // send(), start() and write() throw std::logic_error when called out of order, read_body() when called again.
  boost::asio::awaitable<result<std::string>> read_body(std::size_t limit) override;
  boost::asio::awaitable<result<void>> send(response answer) override;
  boost::asio::awaitable<result<void>> start(response head) override;
  boost::asio::awaitable<result<void>> write(std::string_view bytes) override;
  boost::asio::awaitable<void> closed() override;

  bool answered() const noexcept { return answer_ != answer_state::none; }
  // The peer went away, so an answer is neither possible nor missed.
  bool lost() const noexcept { return lost_; }
  // Whether the peer may still be sending this request.
  bool body_pending() const noexcept { return body_ != body_state::complete; }

  // After the handler: ends a stream, and reads past an unread body where the connection goes on. True when another
  // request may follow.
  boost::asio::awaitable<bool> finish();

  // From here on the connection closes after the answer.
  void give_up_connection() noexcept { usable_ = false; }

private:
  enum class answer_state : std::uint8_t { none, sent, streaming };
  enum class body_state : std::uint8_t { complete, unread, broken_off };

  boost::asio::awaitable<result<void>> invite_body();
  boost::asio::awaitable<result<std::string>> read_sized(std::uint64_t size, connection::time_point deadline);
  boost::asio::awaitable<result<std::string>> read_chunked(std::size_t limit, connection::time_point deadline);
  boost::asio::awaitable<bool> skip_body();
  boost::asio::awaitable<result<void>> put(std::string_view bytes);
  bool keeps_connection() const;
  bool is_head_request() const noexcept { return head_.method == "HEAD"; }
  failure body_failure(io state);
  framing frame_of(response const& answer) const;

  connection& connection_;
  read_buffer& buffer_;
  limits const& bounds_;
  request_parser& parser_;
  request_head const& head_;
  body_state body_;
  answer_state answer_ = answer_state::none;
  bool body_asked_ = false;
  bool continued_ = false;
  bool usable_ = true;
  bool keep_ = false;
  bool lost_ = false;
  bool gone_ = false; // closed() has nothing more to wait for
  framing::body stream_ = framing::body::none;
};

} // namespace consentd::net

#endif
