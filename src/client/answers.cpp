#include "client/answers.hpp"

#include "base/time.hpp"
#include "json/document.hpp"

#include <cstddef>
#include <functional>
#include <utility>

namespace consentd::client {

namespace {

// An answer is bounded in bytes before it comes here.
constexpr json::limits answer_bounds{.bytes = std::size_t{1} << 30U, .depth = 64, .values = 16'000'000};

error not_understood(std::string what) {
  return {.code = errc::not_understood, .detail = std::move(what)};
}

// Members of one object. What is missing or of another type is remembered, and asked for once at the end.
class members {
public:
  explicit members(json::value const& of) : of_(of) {}

  std::string text(std::string_view name) {
    auto const found = of_.find_string(name);
    return found ? std::string(*found) : (miss(name), std::string());
  }
  // Empty for null.
  std::string text_or_null(std::string_view name) {
    auto const found = of_.find(name);
    return found && found->type() == json::type::null ? std::string() : text(name);
  }
  bool boolean(std::string_view name) {
    auto const found = of_.find(name);
    auto const value = found ? found->boolean() : std::nullopt;
    return value ? *value : (miss(name), false);
  }
  std::uint64_t count(std::string_view name) {
    auto const found = of_.find(name);
    auto const value = found ? found->integer() : std::nullopt;
    return value && *value >= 0 ? static_cast<std::uint64_t>(*value) : (miss(name), 0U);
  }
  double number(std::string_view name) {
    auto const found = of_.find(name);
    auto const value = found ? found->number() : std::nullopt;
    return value ? *value : (miss(name), 0.0);
  }
  std::optional<time_point> time_or_null(std::string_view name) {
    auto const written = text_or_null(name);
    auto const when = written.empty() ? std::nullopt : parse_date_time(written);
    if (!when && !written.empty()) {
      miss(name);
    }
    return when;
  }
  time_point time(std::string_view name) {
    auto const when = time_or_null(name);
    return when ? *when : (miss(name), time_point{});
  }
  void for_each(std::string_view name, std::function<void(json::value const&)> const& visit) {
    auto const list = of_.find(name);
    if (!list || !list->is_array()) {
      miss(name);
      return;
    }
    for (auto item = list->first(); item; item = item->next()) {
      visit(item->get());
    }
  }
  std::optional<json::value> find(std::string_view name) const { return of_.find(name); }
  std::string raw() const { return std::string(of_.raw()); }
  void miss(std::string_view name) {
    if (missing_.empty()) {
      missing_ = name;
    }
  }
  // The first that was not there.
  std::string const& missing() const noexcept { return missing_; }

private:
  json::value of_;
  std::string missing_;
};

// Reads the object that `text` is by `how`.
template <class T>
result<T> read_object(std::string const& text, T (*how)(members&)) {
  auto const parsed = json::document::parse(text, answer_bounds);
  if (!parsed) {
    return not_understood(parsed.error().detail);
  }
  members from(parsed->root());
  auto made = how(from);
  if (!from.missing().empty()) {
    return not_understood("the member \"" + from.missing() + "\" is missing, or of another type than it should be");
  }
  return made;
}

// Reads one of a list; what it misses, the whole misses.
template <class T>
T read_element(members& whole, json::value const& element, T (*how)(members&)) {
  members from(element);
  auto made = how(from);
  if (!from.missing().empty()) {
    whole.miss(from.missing());
  }
  return made;
}

template <class T>
std::vector<T> read_list(members& from, std::string_view name, T (*how)(members&)) {
  std::vector<T> made;
  from.for_each(name, [&](json::value const& one) { made.push_back(read_element(from, one, how)); });
  return made;
}

usability to_usability(members& from) {
  usability made;
  made.consent_id = from.text("consentId");
  made.usable = from.boolean("usable");
  made.reason = from.text("reason");
  made.status = from.text_or_null("status");
  made.expires = from.time_or_null("expirationDateTime");
  made.as_of = from.time("asOf");
  return made;
}

consent to_consent(members& from) {
  consent made;
  made.id = from.text("consentId");
  made.kind = from.text("kind");
  made.issuer = from.text("issuer");
  made.status = from.text_or_null("status");
  made.status_since = from.time_or_null("statusUpdateDateTime");
  made.expires = from.time_or_null("expirationDateTime");
  from.for_each("flags", [&](json::value const& flag) { made.flags.emplace_back(flag.string().value_or("")); });
  made.place = from.text("place");
  made.json = from.raw();
  return made;
}

history_entry to_history_entry(members& from) {
  history_entry made;
  made.place = from.text("place");
  made.type = from.text("type");
  made.status = from.text_or_null("status");
  made.previous_status = from.text_or_null("previousStatus");
  made.recorded = from.time_or_null("recordedAt");
  made.json = from.raw();
  return made;
}

resource to_resource(members& from) {
  resource made;
  made.family = from.text("family");
  made.id = from.text("resourceId");
  made.issuer = from.text("issuer");
  made.consent_id = from.text_or_null("consentId");
  made.status = from.text_or_null("status");
  made.place = from.text("place");
  made.json = from.raw();
  return made;
}

consumer_state to_consumer(members& from) {
  consumer_state made;
  made.name = from.text("name");
  made.place = from.text("place");
  made.lag_entries = from.count("lagEntries");
  made.lag = std::chrono::duration<double>(from.number("lagSeconds"));
  made.paused = from.boolean("paused");
  made.connected = from.boolean("connected");
  made.json = from.raw();
  return made;
}

consent_page to_consents(members& from) {
  consent_page made;
  made.consents = read_list(from, "consents", to_consent);
  made.next_cursor = from.text_or_null("nextCursor");
  made.place = from.text("place");
  return made;
}

awaited_consent to_awaited(members& from) {
  awaited_consent made;
  made.reached = from.text("waited") == "reached";
  made.state = to_consent(from);
  return made;
}

announced_consent to_announced(members& from) {
  announced_consent made;
  made.released_events = from.count("releasedEvents");
  made.state = to_consent(from);
  return made;
}

history_page to_history(members& from) {
  history_page made;
  made.entries = read_list(from, "history", to_history_entry);
  made.next_cursor = from.text_or_null("nextCursor");
  return made;
}

std::vector<usability> to_usabilities(members& from) {
  return read_list(from, "consents", to_usability);
}

std::vector<consumer_state> to_consumers(members& from) {
  return read_list(from, "consumers", to_consumer);
}

event to_row(members& from) {
  event made;
  made.kind = event_kind::row;
  made.subject = from.text("consentId");
  made.issuer = from.text("issuer");
  made.status = from.text_or_null("status");
  made.place = from.text("place");
  return made;
}

event to_reset(members& from) {
  event made;
  made.kind = event_kind::reset;
  made.reason = from.text("reason");
  return made;
}

event to_rows_end(members& from) {
  event made;
  made.kind = event_kind::rows_end;
  made.place = from.text("place");
  return made;
}

event to_end(members& from) {
  event made;
  made.kind = event_kind::end;
  made.reason = from.text("reason");
  return made;
}

event to_entry(members& from) {
  event made;
  made.type = from.text("type");
  made.subject = from.text("subject");
  made.issuer = from.text("source");
  // Of an unknown family there is no status.
  if (auto const data = from.find("data")) {
    made.status = data->find_string("status").value_or("");
    made.previous_status = data->find_string("previousStatus").value_or("");
  }
  return made;
}

} // namespace

result<usability> read_usability(answer const& told) {
  return read_object(told.body, to_usability);
}

result<std::vector<usability>> read_usabilities(answer const& told) {
  return read_object(told.body, to_usabilities);
}

result<consent> read_consent(answer const& told) {
  return read_object(told.body, to_consent);
}

result<consent_page> read_consents(answer const& told) {
  return read_object(told.body, to_consents);
}

result<awaited_consent> read_awaited(answer const& told) {
  return read_object(told.body, to_awaited);
}

result<announced_consent> read_announced(answer const& told) {
  auto made = read_object(told.body, to_announced);
  if (made) {
    made->is_new = told.status == 201;
  }
  return made;
}

result<history_page> read_history(answer const& told) {
  return read_object(told.body, to_history);
}

result<resource> read_resource(answer const& told) {
  return read_object(told.body, to_resource);
}

result<consumer_state> read_consumer(answer const& told) {
  return read_object(told.body, to_consumer);
}

result<std::vector<consumer_state>> read_consumers(answer const& told) {
  return read_object(told.body, to_consumers);
}

bool is_known_event(std::string_view name) noexcept {
  return name == "reset" || name == "snapshot-row" || name == "snapshot-end" || name == "end" || name == "message" ||
         name.starts_with("ae.openfinance.");
}

result<event> read_event(std::string_view name, std::string place, std::string data) {
  auto* const how = name == "reset"          ? to_reset
                    : name == "snapshot-row" ? to_row
                    : name == "snapshot-end" ? to_rows_end
                    : name == "end"          ? to_end
                                             : to_entry;
  auto made = read_object(data, how);
  if (!made) {
    return made;
  }
  if (made->kind == event_kind::entry || made->kind == event_kind::reset) {
    made->place = std::move(place);
  }
  made->json = std::move(data);
  return made;
}

error read_problem(unsigned status, std::string const& body) {
  error made{.code = errc::refused, .status = status, .detail = "status " + std::to_string(status)};
  auto const parsed = json::document::parse(body, {.bytes = 65536, .depth = 8, .values = 64});
  if (!parsed) {
    return made;
  }
  auto const root = parsed->root();
  auto const title = root.find_string("title");
  if (!title) {
    return made;
  }
  auto const type = root.find_string("type").value_or("");
  made.problem = type.substr(type.rfind(':') + 1);
  made.field = root.find_string("field").value_or("");
  made.detail = *title;
  if (!made.field.empty()) {
    made.detail += " (" + made.field + ")";
  }
  if (auto const detail = root.find_string("detail")) {
    made.detail += ": " + std::string(*detail);
  }
  return made;
}

} // namespace consentd::client
