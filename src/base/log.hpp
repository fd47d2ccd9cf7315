// Where the daemon's parts say what happened; `ops` implements it.
#ifndef CONSENTD_BASE_LOG_HPP
#define CONSENTD_BASE_LOG_HPP

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace consentd {

enum class severity : std::uint8_t { debug, info, warning, error };

// One `name=value` of a log line. Values are escaped by the sink: they may hold what a sender sent (an interaction id),
// but never a token, a key, or anything of a resource.
struct log_field {
  std::string_view name;
  std::string value;
};

// A structured log. Implementations are safe to call from any thread and never block on a slow reader or throw.
class log_sink {
public:
  virtual ~log_sink() = default;
  // `event` is a fixed word or two of ours ("delivery refused"), never text from outside.
  virtual void write(severity level, std::string_view event, std::initializer_list<log_field> fields) noexcept = 0;
};

// Drops everything; for tests and offline tools. Lives as long as the program.
log_sink& silent_log() noexcept;

} // namespace consentd

#endif
