#include "localapi/media.hpp"

#include "base/optional_whitespace.hpp"
#include "localapi/cut.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace consentd::localapi {

namespace {

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

// 0: the range does not match; 1 to 3: the more, the more specific.
int specificity(std::string_view range, std::string_view media) {
  if (same(range, media)) {
    return 3;
  }
  if (range == "*/*") {
    return 1;
  }
  auto const slash = media.find('/');
  return range.ends_with("/*") && same(range.substr(0, range.size() - 1), media.substr(0, slash + 1)) ? 2 : 0;
}

constexpr int full_quality = 1000;

// Of a range's parameters, in thousandths; 0: not acceptable (RFC 9110 section 12.4.2).
int quality(std::string_view parameters) {
  while (!parameters.empty()) {
    auto one = without_ows(cut(parameters, ';'));
    if (one.size() <= 2 || !same(one.substr(0, 2), "q=")) {
      continue;
    }
    one.remove_prefix(2);
    int thousandths = 0;
    int unit = full_quality;
    for (auto const c : one) {
      if (c == '.') {
        continue;
      }
      if (c < '0' || c > '9') {
        return full_quality; // no weight that anybody knows
      }
      thousandths += (c - '0') * unit;
      unit /= 10;
    }
    return std::min(thousandths, full_quality);
  }
  return full_quality;
}

// 0: not acceptable.
int quality_of(net::request_head const& head, std::string_view media) {
  bool any = false;
  int best = 0;
  int found = 0;
  for (auto const& field : head.fields) {
    if (!same(field.name, "Accept")) {
      continue;
    }
    std::string_view rest = field.value;
    while (!rest.empty()) {
      any = true;
      auto one = without_ows(cut(rest, ','));
      auto const range = without_ows(cut(one, ';'));
      if (auto const how = specificity(range, media); how > best) {
        best = how;
        found = quality(one);
      }
    }
  }
  return any ? found : full_quality;
}

} // namespace

std::string_view preferred(net::request_head const& head, std::string_view list) {
  std::string_view best;
  int most = 0;
  while (!list.empty()) {
    auto const media = without_ows(cut(list, ','));
    if (auto const wanted = quality_of(head, media); wanted > most) {
      most = wanted;
      best = media;
    }
  }
  return best;
}

bool is_sent_as(net::request_head const& head, std::string_view media) {
  auto const value = head.find("Content-Type");
  return value && same(without_ows(value->substr(0, value->find(';'))), media);
}

} // namespace consentd::localapi
