// Beast's parser, made strict: header section in one piece, and chunked bodies.
#ifndef CONSENTD_NET_REQUEST_PARSER_HPP
#define CONSENTD_NET_REQUEST_PARSER_HPP

#include "net/http.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace consentd::net {

// Parses one request. Whatever two parsers could read differently (RFC 9112 section 11.2, request smuggling) is refused
// rather than decided: a proxy in front of us may have decided otherwise.
class request_parser final : private boost::beast::http::basic_parser<true> {
public:
  // Adds to `head`, which must outlive the parser.
  explicit request_parser(request_head& head);

  // `section` is a header section through its empty line. request_malformed with what is wrong.
  result<void> read_head(std::string_view section);

  // May the connection serve another request, as far as the client is concerned?
  bool wants_keep_alive() const { return keep_alive(); }
  // The client waits for leave to send the body (RFC 9110 section 10.1.1).
  bool expects_continue() const noexcept { return expects_continue_; }

  struct progress {
    std::size_t used; // of the bytes given; the rest must be given again, with more behind
    bool done;
  };
  // Decodes chunks onto `body`. body_too_large before it exceeds `limit`; request_malformed, also when the chunks'
  // lines and the trailer are out of proportion to what they carry. Only for a chunked request; after a failure or
  // done, not again.
  result<progress> decode_chunks(std::string_view bytes, std::string& body, std::size_t limit);

private:
  using error_code = boost::beast::error_code;
  using view = boost::beast::string_view;

  bool accept_framing(char const* end) noexcept;
  bool take_target(std::string_view target);
  void note_framing(boost::beast::http::field name, std::string_view value);
  char const* framing_problem() const noexcept;
  void refuse(char const* problem, error_code& ec) noexcept;

  void on_request_impl(boost::beast::http::verb verb, view method, view target, int version, error_code& ec) override;
  void on_response_impl(int code, view reason, int version, error_code& ec) override;
  void on_field_impl(boost::beast::http::field name, view text, view value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code& ec) override;
  std::size_t on_body_impl(view bytes, error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t size, view extensions, error_code& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, view bytes, error_code& ec) override;
  void on_finish_impl(error_code& ec) override;

  request_head& head_;
  char const* problem_ = nullptr; // a literal
  bool head_done_ = false;
  bool expects_continue_ = false;
  bool strange_length_ = false;
  bool strange_coding_ = false;
  unsigned lengths_ = 0;
  unsigned codings_ = 0;
  unsigned hosts_ = 0;
  std::string* body_ = nullptr;
  std::size_t limit_ = 0;
  bool over_limit_ = false;
  char const* framing_ = nullptr; // where the chunks' framing that was not yet looked at begins
  std::size_t framed_ = 0;        // bytes of framing so far
};

} // namespace consentd::net

#endif
