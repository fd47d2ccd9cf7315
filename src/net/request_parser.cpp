#include "net/request_parser.hpp"

#include "net/header_section.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace consentd::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

std::string_view standard(boost::beast::string_view text) noexcept {
  return {text.data(), text.size()};
}

// A leading zero is allowed by RFC 9110 section 8.6, used by nobody, and the mark of an octal number to some.
bool is_number(std::string_view text) noexcept {
  return !text.empty() && (text.front() != '0' || text.size() == 1) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Framing may take this much, and this much more for each byte of the body: chunks of one byte take 5. Otherwise a few
// bytes of body could keep us reading extensions for as long as a body may take.
constexpr std::size_t framing_allowance = 4096;
constexpr std::size_t framing_per_byte = 8;
// Of a chunk's size: 64 bits.
constexpr std::size_t most_size_digits = 16;

// What stands between two pieces of chunk data: the end of a chunk, and the line of the next; behind the last one the
// trailer too. Beast, which has parsed all of it, lets pass what others read differently: any byte in a quoted
// extension, folded lines in the trailer, blanks behind the size, zeros before it.
bool is_strict_framing(std::string_view framing) noexcept {
  if (!has_strict_lines(framing)) {
    return false;
  }
  framing.remove_prefix(framing.starts_with("\r\n") ? 2 : 0);
  auto const digits = framing.find_first_not_of("0123456789abcdefABCDEF");
  return framing.empty() || (digits <= most_size_digits && (framing[digits] == '\r' || framing[digits] == ';'));
}

bool is_visible_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

} // namespace

request_parser::request_parser(request_head& head) : head_{head} {
  // The caller has measured the section, and read_body() knows the limit of the body.
  header_limit(std::numeric_limits<std::uint32_t>::max());
  body_limit(boost::none);
}

result<void> request_parser::read_head(std::string_view section) {
  error_code ec;
  auto const used = put(asio::buffer(section), ec);
  if (problem_ != nullptr) {
    return failure{reason::request_malformed, problem_};
  }
  if (ec) {
    return failure{reason::request_malformed, ec.message()};
  }
  if (!is_header_done() || used != section.size()) {
    return failure{reason::request_malformed, "the header section does not end where it should"};
  }
  return {};
}

result<request_parser::progress> request_parser::decode_chunks(std::string_view bytes, std::string& body,
                                                               std::size_t limit) {
  body_ = &body;
  limit_ = limit;
  eager(true);
  error_code ec;
  framing_ = bytes.data();
  auto const used = put(asio::buffer(bytes), ec);
  if (over_limit_) {
    return failure{reason::body_too_large, "the chunks exceed " + std::to_string(limit) + " bytes"};
  }
  if (ec && ec != http::error::need_more && problem_ == nullptr) {
    return failure{reason::request_malformed, "chunked body: " + ec.message()};
  }
  if (problem_ != nullptr || !accept_framing(bytes.data() + used)) {
    return failure{reason::request_malformed, "chunked body: what stands around the data is not strict, or too much"};
  }
  return progress{used, is_done()};
}

void request_parser::refuse(char const* problem, error_code& ec) noexcept {
  problem_ = problem;
  ec = http::error::bad_field;
}

// RFC 9112 section 3.2: origin-form, absolute-form (as origin-form from here on), or the asterisk of OPTIONS.
bool request_parser::take_target(std::string_view target) {
  if (!is_visible_ascii(target) || target.find('#') != std::string_view::npos) {
    return false;
  }
  for (std::string_view const scheme : {"http://", "https://"}) {
    if (boost::beast::iequals(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(scheme.size());
      target.remove_prefix(std::min(target.size(), target.find_first_of("/?")));
      head_.target = target.starts_with('/') ? "" : "/";
      head_.target += target;
      return true;
    }
  }
  head_.target = target;
  return target.starts_with('/') || (target == "*" && head_.method == "OPTIONS");
}

void request_parser::note_framing(http::field name, std::string_view value) {
  switch (name) {
  case http::field::content_length:
    ++lengths_;
    // Beast takes "5, 5" for 5.
    strange_length_ = strange_length_ || !is_number(value);
    break;
  case http::field::transfer_encoding:
    ++codings_;
    // Beast lets a coding that it does not know pass, and sees no body then.
    strange_coding_ = strange_coding_ || !boost::beast::iequals(value, "chunked");
    break;
  case http::field::host:
    ++hosts_;
    break;
  case http::field::expect:
    expects_continue_ = head_.version == 11 && boost::beast::iequals(value, "100-continue");
    break;
  default:
    break;
  }
}

char const* request_parser::framing_problem() const noexcept {
  if (lengths_ > 1 || strange_length_) {
    return "Content-Length is not one number";
  }
  if (codings_ > 1 || strange_coding_) {
    return "a transfer coding other than one chunked";
  }
  if (codings_ > 0 && lengths_ > 0) {
    return "Content-Length beside Transfer-Encoding";
  }
  if (codings_ > 0 && head_.version < 11) {
    return "Transfer-Encoding in HTTP/1.0";
  }
  if (hosts_ > 1 || (hosts_ == 0 && head_.version == 11)) {
    return "not exactly one Host";
  }
  return nullptr;
}

void request_parser::on_request_impl(http::verb, view method, view target, int version, error_code& ec) {
  head_.method = standard(method);
  head_.version = static_cast<unsigned>(version);
  if (!take_target(standard(target))) {
    refuse("the request target is not a path", ec);
  }
}

void request_parser::on_response_impl(int, view, int, error_code&) {
}

void request_parser::on_field_impl(http::field name, view text, view value, error_code&) {
  if (head_done_) {
    return; // a trailer: nothing may depend on it (RFC 9110 section 6.5.1)
  }
  note_framing(name, standard(value));
  head_.fields.push_back({std::string{standard(text)}, std::string{standard(value)}});
}

void request_parser::on_header_impl(error_code& ec) {
  head_done_ = true;
  if (auto const* const problem = framing_problem()) {
    refuse(problem, ec);
    return;
  }
  head_.chunked = codings_ == 1;
  if (lengths_ == 1) {
    head_.content_length = content_length().value();
  }
}

void request_parser::on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) {
}

std::size_t request_parser::on_body_impl(view bytes, error_code&) {
  return bytes.size();
}

void request_parser::on_chunk_header_impl(std::uint64_t size, view, error_code& ec) {
  if (size > limit_ - std::min(limit_, body_->size())) {
    over_limit_ = true;
    ec = http::error::body_limit;
  }
}

std::size_t request_parser::on_chunk_body_impl(std::uint64_t, view bytes, error_code& ec) {
  if (!accept_framing(bytes.data())) {
    refuse("framing", ec);
    return 0;
  }
  framing_ = bytes.data() + bytes.size();
  body_->append(bytes.data(), bytes.size());
  return bytes.size();
}

// Judges what stands from framing_ to `end`: whole lines, since Beast takes no part of one.
bool request_parser::accept_framing(char const* end) noexcept {
  std::string_view const framing{framing_, static_cast<std::size_t>(end - framing_)};
  framed_ += framing.size();
  return framed_ <= framing_allowance + framing_per_byte * body_->size() && is_strict_framing(framing);
}

void request_parser::on_finish_impl(error_code&) {
}

} // namespace consentd::net
