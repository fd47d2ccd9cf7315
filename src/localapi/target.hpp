// The request target taken apart: path segments and query parameters, percent-decoded.
#ifndef CONSENTD_LOCALAPI_TARGET_HPP
#define CONSENTD_LOCALAPI_TARGET_HPP

#include "localapi/problem.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::localapi {

// The bytes that RFC 3986 section 2.1 encodes; nothing for a `%` without two hexadecimal digits, and for any control
// character, encoded or not. `+` stands for itself: times with an offset can be written as they are.
std::optional<std::string> percent_decode(std::string_view text);

// Texts by name, of a query or of a body: what reads a value from one reads it from the other.
class named_texts {
public:
  virtual ~named_texts() = default;
  // Lasts as long as this.
  virtual std::optional<std::string_view> find(std::string_view name) const noexcept = 0;
};

class target final : public named_texts {
public:
  struct parameter {
    std::string name;
    std::string value;
  };

  // Both still encoded. They are split first and decoded afterwards, so that an encoded `/` or `&` cannot make a
  // segment or a parameter. request_malformed for bad encoding, a path that does not begin with `/` or more than 32
  // parameters.
  static parsed<target> parse(std::string_view path, std::string_view query);

  std::vector<std::string> const& segments() const noexcept { return segments_; }
  std::vector<parameter> const& parameters() const noexcept { return parameters_; }

  // The first parameter of that name (routes refuse a second one).
  std::optional<std::string_view> find(std::string_view name) const noexcept override;

private:
  std::vector<std::string> segments_;
  std::vector<parameter> parameters_;
};

} // namespace consentd::localapi

#endif
