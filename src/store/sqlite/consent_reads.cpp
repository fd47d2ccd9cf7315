#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/reads.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace consentd::store::sqlite {
namespace {

// Consents that one read looks at, whatever it finds among them: bounds its time, and for how long it pins the WAL.
constexpr std::int64_t most_consents_examined = 2000;

// A way through the consents in the order of their ids, as far as it leads within the bound.
struct path {
  std::string_view hint; // which index
  std::int64_t rows = 0; // that it would fetch
  std::string last;      // id of the last of them

  bool comes_to_the_end() const noexcept { return rows < most_consents_examined; }
};

// Of two that come to the end the one with less to fetch; of two that do not, the one that gets further.
bool is_better(path const& a, path const& b) {
  return a.rows != b.rows ? a.rows < b.rows : a.last > b.last;
}

// The conditions of a filter with their values, in one order.
struct conditions {
  std::string text = "c.id > ?";
  std::vector<std::function<void(query&)>> values;
};

bool journal_reaches_back_to(connection& on, std::int64_t sequence) {
  query first(on, "SELECT min(sequence) FROM journal");
  return first.step() && !first.is_null(0) && first.integer(0) < sequence;
}

conditions conditions_of(consent_filter const& filter, std::string const& after, path const& along) {
  conditions made;
  made.values.emplace_back([&after](query& into) { into.put(std::string_view(after)); });
  auto const add = [&made](char const* text, auto value) {
    made.text += text;
    made.values.emplace_back([value](query& into) { into.put(value); });
  };
  if (!along.comes_to_the_end()) {
    add(" AND c.id <= ?", std::string_view(along.last));
  }
  if (filter.status) {
    add(" AND c.status = ?", to_stored(*filter.status));
  }
  if (filter.kind) {
    add(" AND c.kind = ?", to_stored(*filter.kind));
  }
  if (filter.issuer) {
    add(" AND c.issuer = ?", std::string_view(*filter.issuer));
  }
  if (filter.base_consent_id) {
    add(" AND c.base_consent_id = ?", std::string_view(*filter.base_consent_id));
  }
  if (filter.updated_after) {
    add(" AND c.updated > ?", *filter.updated_after);
  }
  if (filter.expires_before) {
    add(" AND c.expiry < ?", *filter.expires_before);
  }
  return made;
}

template <class... Values>
path measured(connection& on, std::string_view hint, sql probe, Values const&... values) {
  path made{hint, 0, {}};
  query asked(on, probe, values..., most_consents_examined);
  if (asked.step()) {
    made.rows = asked.integer(0);
    made.last = asked.text(1);
  }
  return made;
}

// Along the primary key where no index of the filter's leads; an index always leads as far.
path best_path(connection& on, consent_filter const& filter, std::string const& after) {
  std::string_view const behind = after;
  std::vector<path> found;
  if (filter.base_consent_id) {
    found.push_back(measured(on, "INDEXED BY consents_base",
                             "SELECT count(*), max(id) FROM (SELECT id FROM consents INDEXED BY consents_base "
                             "WHERE base_consent_id = ? AND id > ? ORDER BY id LIMIT ?)",
                             std::string_view(*filter.base_consent_id), behind));
  }
  if (filter.issuer) {
    found.push_back(measured(on, "INDEXED BY consents_issuer",
                             "SELECT count(*), max(id) FROM (SELECT id FROM consents INDEXED BY consents_issuer "
                             "WHERE issuer = ? AND id > ? ORDER BY id LIMIT ?)",
                             std::string_view(*filter.issuer), behind));
  }
  if (filter.status) {
    found.push_back(measured(on, "INDEXED BY consents_status",
                             "SELECT count(*), max(id) FROM (SELECT id FROM consents INDEXED BY consents_status "
                             "WHERE status = ? AND id > ? ORDER BY id LIMIT ?)",
                             to_stored(*filter.status), behind));
  }
  if (found.empty()) {
    return measured(on, "NOT INDEXED",
                    "SELECT count(*), max(id) FROM (SELECT id FROM consents NOT INDEXED WHERE id > ? ORDER BY id "
                    "LIMIT ?)",
                    behind);
  }
  return *std::min_element(found.begin(), found.end(), is_better);
}

// All ids that a query gives, sorted; nothing when they are too many.
std::optional<std::vector<std::string>> few_ids(query& rows) {
  std::vector<std::string> ids;
  while (rows.step()) {
    ids.emplace_back(rows.text(0));
  }
  if (std::cmp_greater_equal(ids.size(), most_consents_examined)) {
    return std::nullopt;
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// Each change of a consent has an entry in the journal, so what changed lately is found there: an index on `updated`
// would cost every event a page.
std::optional<std::vector<std::string>> changed_lately(connection& on, timestamp after) {
  auto const first = first_entry_after(on, after);
  if (!journal_reaches_back_to(on, first)) {
    return std::nullopt;
  }
  query rows(on, "SELECT consent_id FROM journal WHERE sequence >= ? LIMIT ?", first, most_consents_examined);
  return few_ids(rows);
}

std::optional<std::vector<std::string>> soon_expired(connection& on, timestamp before) {
  query rows(on, "SELECT id FROM consents WHERE expiry < ? LIMIT ?", before, most_consents_examined);
  return few_ids(rows);
}

// The ids of all that can meet a filter of times, where those are few.
std::optional<std::vector<std::string>> few_by_time(connection& on, consent_filter const& filter) {
  auto ids = filter.updated_after ? changed_lately(on, *filter.updated_after) : std::nullopt;
  if (!ids && filter.expires_before) {
    ids = soon_expired(on, *filter.expires_before);
  }
  return ids;
}

bool meets(consent_record const& one, consent_filter const& filter) {
  auto const& state = one.state;
  return (!filter.status || state.status == filter.status) && (!filter.kind || state.kind == *filter.kind) &&
         (!filter.issuer || state.issuer == *filter.issuer) &&
         (!filter.base_consent_id || state.base_consent_id == filter.base_consent_id) &&
         (!filter.updated_after || one.updated > *filter.updated_after) &&
         (!filter.expires_before || (state.expiry && *state.expiry < *filter.expires_before));
}

// Without its resource.
std::optional<consent_record> find_summary(connection& on, std::string const& id) {
  query row(on, join_sql<"SELECT ", consent_columns, " FROM consents AS c WHERE c.id = ?">(), std::string_view(id));
  return row.step() ? std::optional(read_consent(row)) : std::nullopt;
}

// Of rows among which there is one more than fits: that one tells of a next page.
consent_page page_of(std::vector<consent_record> found, std::size_t limit) {
  consent_page made{std::move(found), std::nullopt};
  if (made.consents.size() > limit) {
    made.consents.pop_back();
    made.next = made.consents.back().state.consent_id;
  }
  return made;
}

consent_page list_by_ids(connection& on, std::vector<std::string> const& ids, consent_filter const& filter,
                         std::string const& after, std::size_t limit) {
  std::vector<consent_record> found;
  for (auto at = std::upper_bound(ids.begin(), ids.end(), after); at != ids.end() && found.size() <= limit; ++at) {
    auto one = find_summary(on, *at);
    if (one && meets(*one, filter)) {
      found.push_back(std::move(*one));
    }
  }
  return page_of(std::move(found), limit);
}

consent_page list_along(connection& on, path const& way, consent_filter const& filter, std::string const& after,
                        std::size_t limit) {
  auto const asked = conditions_of(filter, after, way);
  auto const statement = on.prepare("SELECT " + std::string(consent_columns.view()) + " FROM consents AS c " +
                                    std::string(way.hint) + " WHERE " + asked.text + " ORDER BY c.id LIMIT ?");
  query rows(on, statement.get());
  for (auto const& put : asked.values) {
    put(rows);
  }
  rows.put(limit + 1);
  std::vector<consent_record> found;
  while (rows.step()) {
    found.push_back(read_consent(rows));
  }
  auto page = page_of(std::move(found), limit);
  if (!page.next && !way.comes_to_the_end()) {
    page.next = way.last;
  }
  return page;
}

// Empty when the consent is not known.
std::string issuer_of(connection& on, std::string const& id) {
  query row(on, "SELECT issuer FROM consents WHERE id = ?", std::string_view(id));
  return row.step() ? std::string(row.text(0)) : std::string();
}

} // namespace

std::optional<consent_record> find_consent(connection& on, std::string const& id) {
  query row(on,
            join_sql<"SELECT ", consent_columns,
                     ", d.json FROM consents AS c LEFT JOIN documents AS d ON d.id = c.document WHERE c.id = ?">(),
            std::string_view(id));
  if (!row.step()) {
    return std::nullopt;
  }
  auto made = read_consent(row);
  made.state.resource = row.text(consent_column_count);
  return made;
}

standing find_standing(connection& on, worklist const& inbox, std::string const& id) {
  // How far processing lags is asked before the state that is answered is read: an event that is settled in between is
  // in that state, and one that was not is in the backlog. The other way round it could be in neither. Whose backlog
  // is known from the state alone, which may have come, or changed hands, in between: then both are asked again.
  for (auto issuer = issuer_of(on, id);;) {
    standing made;
    made.backlog = inbox.backlog(issuer);
    made.consent = find_summary(on, id);
    if (!made.consent || made.consent->state.issuer == issuer) {
      return made;
    }
    issuer = made.consent->state.issuer;
  }
}

consent_page list_consents(connection& on, consent_filter const& filter, std::string const& after, std::size_t limit) {
  snapshot const now(on);
  auto const way = best_path(on, filter, after);
  if (!way.comes_to_the_end()) {
    if (auto const ids = few_by_time(on, filter)) {
      return list_by_ids(on, *ids, filter, after, limit);
    }
  }
  return list_along(on, way, filter, after, limit);
}

} // namespace consentd::store::sqlite
