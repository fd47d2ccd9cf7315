#include "base/telemetry.hpp"

namespace consentd {
namespace {

class silence final : public telemetry {
public:
  void answered(unsigned /*status*/, std::string_view /*why*/) noexcept override {}
  void decided(std::string_view /*disposition*/) noexcept override {}
  void quarantined(std::string_view /*why*/) noexcept override {}
  void timed(stage /*what*/, std::chrono::nanoseconds /*took*/) noexcept override {}
  void inbox(std::uint64_t /*pending*/, std::uint64_t /*waiting*/) noexcept override {}
};

} // namespace

telemetry& silent_telemetry() noexcept {
  static silence sink;
  return sink;
}

} // namespace consentd
