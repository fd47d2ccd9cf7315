#include "tools/hubsim/saved_request.hpp"

#include "json/document.hpp"
#include "json/writer.hpp"

namespace consentd::hubsim {

namespace {

constexpr json::limits bounds{.bytes = 64ULL * 1024 * 1024, .depth = 4, .values = 1000};

failure wrong(std::size_t line, std::string const& what) {
  return {reason::request_malformed, "line " + std::to_string(line) + ": " + what};
}

result<request> load_request(std::string text, std::size_t line) {
  auto const parsed = json::document::parse(std::move(text), bounds);
  if (!parsed) {
    return wrong(line, describe(parsed.error()));
  }
  auto const root = parsed->root();
  request made;
  struct {
    char const* name;
    std::string* text;
  } const wanted[] = {
      {"interaction_id", &made.interaction_id}, {"method", &made.method}, {"path_suffix", &made.path_suffix},
      {"content_type", &made.content_type},     {"accept", &made.accept}, {"body", &made.body}};
  for (auto const& [name, into] : wanted) {
    auto const found = root.find_string(name);
    if (!found) {
      return wrong(line, std::string("no text `") + name + "`");
    }
    *into = *found;
  }
  if (auto const bearer = root.find_string("bearer")) {
    made.bearer = *bearer;
  }
  return made;
}

} // namespace

std::string save_request(request const& what) {
  json::writer out;
  out.begin_object().member("interaction_id", what.interaction_id).member("method", what.method);
  out.member("path_suffix", what.path_suffix).member("content_type", what.content_type).member("accept", what.accept);
  if (what.bearer) {
    out.member("bearer", *what.bearer);
  }
  out.member("body", what.body).member("claims", what.claims).member("jws", what.jws).end_object();
  return out.take() + "\n";
}

result<std::vector<request>> load_requests(std::string const& lines) {
  std::vector<request> loaded;
  std::size_t line = 1;
  for (std::size_t start = 0; start < lines.size(); ++line) {
    auto const end = std::min(lines.find('\n', start), lines.size());
    auto one = load_request(lines.substr(start, end - start), line);
    if (!one) {
      return one.error();
    }
    loaded.push_back(std::move(*one));
    start = end + 1;
  }
  return loaded;
}

} // namespace consentd::hubsim
