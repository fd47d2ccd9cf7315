#include "localapi/reload.hpp"

#include "localapi/problem.hpp"
#include "localapi/render.hpp"
#include "json/writer.hpp"

namespace consentd::localapi {

boost::asio::awaitable<net::response> reload(reload_source const& by) {
  auto const report = co_await by();
  if (report.stopping) {
    co_return to_response(from_failure({reason::shutting_down, "the settings were not read"}));
  }
  if (!report.problems.empty()) {
    std::string lines;
    for (auto const& one : report.problems) {
      lines += (lines.empty() ? "" : "\n") + one;
    }
    co_return to_response(problem{problem_kind::settings, std::move(lines), {}, {}});
  }
  json::writer out;
  out.begin_object().name("needsRestart").begin_array();
  for (auto const& one : report.needs_restart) {
    out.string(one);
  }
  out.end_array().end_object();
  co_return json_response(200, out.take());
}

} // namespace consentd::localapi
