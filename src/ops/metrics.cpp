#include "ops/metrics.hpp"

#include "base/reason.hpp"
#include "ops/labelled_counters.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace consentd::ops {
namespace {

constexpr std::array<unsigned, 15> statuses{202, 204, 400, 401, 403, 404, 405, 406, 408, 413, 415, 429, 431, 500, 503};

// The answers of contract section 7: what a dashboard expects to find, also as zero.
constexpr std::array<std::pair<unsigned, reason>, 26> refusals{
    {{400, reason::not_a_jwe},          {400, reason::jwe_header},
     {400, reason::header_not_allowed}, {400, reason::request_malformed},
     {401, reason::bearer_missing},     {401, reason::bearer_malformed},
     {401, reason::bearer_header},      {401, reason::bearer_signature},
     {401, reason::bearer_unknown_key}, {401, reason::bearer_claim},
     {401, reason::bearer_expired},     {401, reason::bearer_replay},
     {403, reason::source_not_allowed}, {404, reason::path_unknown},
     {405, reason::method_not_allowed}, {406, reason::not_acceptable},
     {408, reason::request_timeout},    {413, reason::body_too_large},
     {415, reason::media_type},         {429, reason::inbox_full},
     {431, reason::header_too_large},   {503, reason::storage},
     {503, reason::keys_unavailable},   {503, reason::shutting_down},
     {503, reason::undecided},          {500, reason::internal}}};

// consent::disposition's names, what is not decided yet, and what is passed on because nobody knows its family.
constexpr std::array<std::string_view, 10> dispositions{"duplicate", "stale", "updated", "refused", "late",
                                                        "applied",   "gap",   "deleted", "held",    "unknown"};

constexpr std::array<std::pair<stage, std::string_view>, 4> stages{
    {{stage::acknowledge, "acknowledge"}, {stage::commit, "commit"}, {stage::open, "open"}, {stage::apply, "apply"}}};

prometheus::Histogram::BucketBoundaries const bucket_seconds{50e-6,  100e-6, 250e-6, 500e-6, 1e-3,   2.5e-3,
                                                             5e-3,   10e-3,  25e-3,  50e-3,  100e-3, 250e-3,
                                                             500e-3, 1.0,    2.5,    5.0,    10.0};

std::vector<std::string_view> answer_names() {
  std::vector<std::string_view> names{"stored", "redelivered"};
  std::ranges::transform(all_reasons(), std::back_inserter(names), [](reason code) { return to_string(code); });
  return names;
}

// Reasons that a delivery can be set aside for, in the enumeration's order: from its envelope to its own poison.
bool befalls_a_stored_delivery(reason code) noexcept {
  return code >= reason::not_a_jwe && code <= reason::poison;
}

std::size_t status_index(unsigned status) noexcept {
  auto const found = std::ranges::find(statuses, status);
  return static_cast<std::size_t>(found - statuses.begin()); // one past the end: other
}

} // namespace

struct metrics::state {
  struct reader {
    reading what;
    std::string name;
    std::string help;
    std::function<std::vector<labelled>()> read;
  };

  prometheus::Registry registry;
  label_names reasons{answer_names()};
  label_names disposition_names{{dispositions.begin(), dispositions.end()}};
  std::deque<labelled_counters> answers; // one for each of `statuses`, and one for other statuses
  labelled_counters decisions{counters("consentd_events_total", "Verified events, by what became of them."),
                              {},
                              "disposition",
                              disposition_names};
  labelled_counters quarantine{
      counters("consentd_quarantined_total", "Deliveries set aside, by reason."), {}, "reason", reasons};
  prometheus::Gauge& pending{gauge("consentd_inbox_pending", "Acknowledged deliveries that are not opened yet.", {})};
  prometheus::Gauge& waiting{
      gauge("consentd_inbox_waiting", "Acknowledged deliveries that wait for a consent or for keys.", {})};
  std::array<prometheus::Histogram*, stages.size()> durations{};
  std::vector<reader> readers;

  prometheus::Family<prometheus::Counter>& counters(std::string const& name, std::string const& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }

  prometheus::Gauge& gauge(std::string const& name, std::string const& help, prometheus::Labels const& labels) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
  }
};

metrics::metrics(std::string_view version, timestamp started) : state_(std::make_unique<state>()) {
  auto& answered =
      state_->counters("consentd_deliveries_answered_total", "Requests of the Hub's, by answer and reason.");
  for (std::size_t i = 0; i <= statuses.size(); ++i) {
    auto const status = i < statuses.size() ? std::to_string(statuses.at(i)) : "other";
    state_->answers.emplace_back(answered, prometheus::Labels{{"status", status}}, "reason", state_->reasons);
  }
  for (unsigned const status : {202U, 204U}) {
    state_->answers[status_index(status)].create("stored");
    state_->answers[status_index(status)].create("redelivered");
  }
  for (auto const& [status, why] : refusals) {
    state_->answers[status_index(status)].create(to_string(why));
  }
  for (auto const disposition : dispositions) {
    state_->decisions.create(disposition);
  }
  for (auto const code : all_reasons()) {
    if (befalls_a_stored_delivery(code)) {
      state_->quarantine.create(to_string(code));
    }
  }
  auto& seconds = prometheus::BuildHistogram()
                      .Name("consentd_stage_seconds")
                      .Help("How long the steps of a delivery's way take.")
                      .Register(state_->registry);
  for (std::size_t i = 0; i < stages.size(); ++i) {
    state_->durations.at(i) = &seconds.Add({{"stage", std::string(stages.at(i).second)}}, bucket_seconds);
  }
  state_->gauge("consentd_build_info", "Always 1; the labels say what runs.", {{"version", std::string(version)}})
      .Set(1);
  auto const since_epoch = std::chrono::duration<double>(started.time_since_epoch()).count();
  state_->gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", {}).Set(since_epoch);
}

metrics::~metrics() = default;

void metrics::answered(unsigned status, std::string_view why) noexcept {
  state_->answers[status_index(status)].increment(why);
}

void metrics::decided(std::string_view disposition) noexcept {
  state_->decisions.increment(disposition);
}

void metrics::quarantined(std::string_view why) noexcept {
  state_->quarantine.increment(why);
}

void metrics::timed(stage what, std::chrono::nanoseconds took) noexcept {
  auto const found = std::ranges::find(stages, what, &std::pair<stage, std::string_view>::first);
  if (found != stages.end()) {
    // A steady clock does not go back, but a caller may subtract the wrong way round.
    auto const seconds = std::max(0.0, std::chrono::duration<double>(took).count());
    state_->durations[static_cast<std::size_t>(found - stages.begin())]->Observe(seconds);
  }
}

void metrics::inbox(std::uint64_t pending, std::uint64_t waiting) noexcept {
  state_->pending.Set(static_cast<double>(pending));
  state_->waiting.Set(static_cast<double>(waiting));
}

void metrics::add(reading what, std::string name, std::string help, std::function<double()> read) {
  add(what, std::move(name), std::move(help),
      [read = std::move(read)] { return std::vector<labelled>{{.labels = {}, .value = read()}}; });
}

void metrics::add(reading what, std::string name, std::string help, std::function<std::vector<labelled>()> read) {
  state_->readers.push_back({what, std::move(name), std::move(help), std::move(read)});
}

std::string metrics::text() const {
  auto families = state_->registry.Collect();
  for (auto const& reader : state_->readers) {
    bool const counts = reader.what == reading::counter;
    auto const type = counts ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
    prometheus::MetricFamily family{reader.name, reader.help, type, {}};
    for (auto& one : reader.read()) {
      prometheus::ClientMetric value;
      (counts ? value.counter.value : value.gauge.value) = one.value;
      for (auto& [label, text] : one.labels) {
        value.label.push_back({std::move(label), std::move(text)});
      }
      family.metric.push_back(std::move(value));
    }
    families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

} // namespace consentd::ops
