// The store's records as JSON objects of docs/openapi.yaml.
#ifndef CONSENTD_LOCALAPI_RENDER_HPP
#define CONSENTD_LOCALAPI_RENDER_HPP

#include "base/time.hpp"
#include "net/http.hpp"
#include "store/records.hpp"
#include "json/writer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::localapi {

// "epoch-seq": a place in the journal, as subscribers keep it.
std::string make_place(std::string_view epoch, std::uint64_t sequence);

// A member whose value is null where there is none: every object has all its members, always.
void put_text(json::writer& out, std::string_view name, std::string_view text_or_empty);
void put_time(json::writer& out, std::string_view name, std::optional<timestamp> time);
// A member that is an array of texts.
void put_texts(json::writer& out, std::string_view name, std::vector<std::string> const& texts);
// A member that is a JSON object as received; null for an empty text.
void put_object(json::writer& out, std::string_view name, std::string const& json_or_empty);
void put_number(json::writer& out, std::string_view name, std::uint64_t number);
template <class Word>
void put_word(json::writer& out, std::string_view name, std::optional<Word> word) {
  put_text(out, name, word ? to_string(*word) : std::string_view{});
}

// A member `flags`, with the names of those that are set.
void put_flags(json::writer& out, consent::flags const& set);

// The members of a consent, without the braces. Lists come without `resource`: it may be large.
enum class detail_level : std::uint8_t { summary, full };
void put_consent(json::writer& out, store::consent_record const& of, std::string_view epoch, detail_level how);

// The members of a payment, a quote or an account opening, without the braces.
void put_resource(json::writer& out, store::resource_record const& of, std::string_view epoch);

// The members of a delivery's record, without the braces.
void put_delivery_members(json::writer& out, store::delivery_record const& of, std::string_view epoch);

// Whole objects.
void put_history_entry(json::writer& out, store::journal_entry const& of, std::string_view epoch);
// `body` only when the entry holds it.
void put_quarantine_entry(json::writer& out, store::quarantine_entry const& of);
void put_delivery(json::writer& out, store::delivery_record const& of, std::string_view epoch);

// An answer with a JSON body. All of them are personal or pass quickly: none may be cached.
net::response json_response(unsigned status, std::string body);

} // namespace consentd::localapi

#endif
