#include "localapi/stream_writer.hpp"

#include "localapi/cloudevent.hpp"
#include "localapi/render.hpp"

#include <utility>

namespace consentd::localapi {

namespace {

// A write is meant to stay near this, whatever the size of the resources.
constexpr std::size_t write_bytes = std::size_t{64} * 1024;

} // namespace

stream_writer::stream_writer(net::exchange& to, stream_form form, std::string epoch)
    : to_(to), form_(form), epoch_(std::move(epoch)) {
}

std::string stream_writer::place(std::uint64_t sequence) const {
  return make_place(epoch_, sequence);
}

boost::asio::awaitable<result<void>> stream_writer::start() {
  net::response head;
  head.fields.push_back({"Content-Type", form_ == stream_form::sse ? "text/event-stream" : "application/x-ndjson"});
  head.fields.push_back({"Cache-Control", "no-store"});
  co_return co_await to_.start(std::move(head));
}

void stream_writer::put_control(std::string_view what, std::uint64_t after, std::string_view more) {
  pending_ += R"({"control":")";
  pending_ += what;
  pending_ += R"(","place":")";
  pending_ += place(after);
  pending_ += '"';
  pending_ += more;
  pending_ += "}\n";
}

void stream_writer::put_opening(std::uint64_t after) {
  if (form_ == stream_form::ndjson) {
    put_control("opening", after);
    return;
  }
  pending_ += "retry: 1000\nid: " + place(after) + "\n\n";
}

void stream_writer::put_cloudevent(told_entry const& entry) {
  pending_ += entry.cloudevent.empty() ? to_cloudevent(entry.what, epoch_) : entry.cloudevent;
}

void stream_writer::put_entry(told_entry const& entry) {
  if (form_ == stream_form::ndjson) {
    put_cloudevent(entry);
    pending_ += '\n';
    return;
  }
  pending_ += "id: ";
  pending_ += place(entry.what.sequence);
  pending_ += "\nevent: ";
  pending_ += event_type(entry.what.type);
  pending_ += "\ndata: ";
  put_cloudevent(entry);
  pending_ += "\n\n";
}

void stream_writer::put_reset(reset_reason why, std::string_view requested, std::uint64_t after,
                              store::journal_extent const& extent) {
  auto const reset = describe_reset(why, requested, after, extent);
  if (form_ == stream_form::ndjson) {
    put_control("reset", after, R"(,"reset":)" + reset);
    return;
  }
  pending_ += "id: " + place(after) + "\nevent: reset\ndata: " + reset + "\n\n";
}

void stream_writer::put_reset_before_rows(reset_reason why, std::string_view requested, std::uint64_t after,
                                          store::journal_extent const& extent) {
  auto const reset = describe_reset(why, requested, after, extent);
  pending_ += form_ == stream_form::ndjson ? R"({"control":"reset","reset":)" + reset + "}\n"
                                           : "id\nevent: reset\ndata: " + reset + "\n\n";
}

void stream_writer::put_heartbeat(std::uint64_t after) {
  if (form_ == stream_form::ndjson) {
    put_control("heartbeat", after);
    return;
  }
  // A comment for those in between; an `id` without data moves an EventSource's last event id and calls nobody.
  pending_ += ": heartbeat\nid: " + place(after) + "\n\n";
}

void stream_writer::put_sign_of_life() {
  pending_ += form_ == stream_form::ndjson ? "{\"control\":\"heartbeat\"}\n" : ": heartbeat\n\n";
}

void stream_writer::put_row(std::string_view object) {
  if (form_ == stream_form::ndjson) {
    pending_ += R"({"control":"row","consent":)";
    pending_ += object;
    pending_ += "}\n";
    return;
  }
  // Without an id: who is cut off in the middle begins anew.
  pending_ += "event: snapshot-row\ndata: ";
  pending_ += object;
  pending_ += "\n\n";
}

void stream_writer::put_snapshot_end(std::uint64_t after) {
  if (form_ == stream_form::ndjson) {
    put_control("snapshot-end", after);
    return;
  }
  pending_ += "id: " + place(after) + "\nevent: snapshot-end\ndata: {\"place\":\"" + place(after) + "\"}\n\n";
}

void stream_writer::put_end(std::string_view why) {
  auto const reason = R"({"reason":")" + std::string(why) + "\"}";
  pending_ += form_ == stream_form::ndjson ? R"({"control":"end","end":)" + reason + "}\n"
                                           : "event: end\ndata: " + reason + "\n\n";
}

bool stream_writer::full() const noexcept {
  return pending_.size() >= write_bytes;
}

boost::asio::awaitable<result<void>> stream_writer::flush() {
  if (pending_.empty()) {
    co_return result<void>{};
  }
  auto written = co_await to_.write(pending_);
  pending_.clear();
  // A waiting stream keeps no memory for a large event that has gone.
  pending_.shrink_to_fit();
  last_written_ = std::chrono::steady_clock::now();
  co_return written;
}

} // namespace consentd::localapi
