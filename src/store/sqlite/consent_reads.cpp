#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/reads.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace consentd::store::sqlite {
namespace {

// Up to so many rows are worth fetching and sorting; a condition that more rows meet is cheaper to check on the way
// through the ids, where one of them comes by soon.
constexpr std::int64_t few = 2000;

// A way to narrow the search: an index whose rows it would fetch.
struct path {
  std::string hint; // which index
  std::int64_t rows = 0;
};

// The conditions of a filter with their values, in one order.
struct conditions {
  std::string text = "c.id > ?";
  std::vector<std::function<void(query&)>> values;
};

std::int64_t probe(connection& on, std::string const& text, std::function<void(query&)> const& bind) {
  auto const statement =
      on.prepare("SELECT count(*) FROM (SELECT 1 FROM " + text + " LIMIT " + std::to_string(few) + ")");
  query counted(on, statement.get());
  bind(counted);
  return counted.step() ? counted.integer(0) : 0;
}

bool journal_reaches_back_to(connection& on, std::int64_t sequence) {
  query first(on, "SELECT min(sequence) FROM journal");
  return first.step() && !first.is_null(0) && first.integer(0) < sequence;
}

conditions conditions_of(consent_filter const& filter, std::string const& after) {
  conditions made;
  made.values.emplace_back([&after](query& into) { into.put(std::string_view(after)); });
  auto const add = [&made](char const* text, auto value) {
    made.text += text;
    made.values.emplace_back([value](query& into) { into.put(value); });
  };
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

// Every index that could serve, with how much it would fetch.
std::vector<path> paths_of(connection& on, consent_filter const& filter, std::string const& after) {
  std::vector<path> found;
  auto const by_equality = [&](char const* index, char const* column, auto value) {
    auto const text = std::string("consents INDEXED BY ") + index + " WHERE " + column + " = ? AND id > ?";
    auto const bind = [&](query& into) {
      into.put(value);
      into.put(std::string_view(after));
    };
    found.push_back({std::string("INDEXED BY ") + index, probe(on, text, bind)});
  };
  if (filter.base_consent_id) {
    by_equality("consents_base", "base_consent_id", std::string_view(*filter.base_consent_id));
  }
  if (filter.issuer) {
    by_equality("consents_issuer", "issuer", std::string_view(*filter.issuer));
  }
  if (filter.status) {
    by_equality("consents_status", "status", to_stored(*filter.status));
  }
  return found;
}

// Up to `few` ids, sorted; nothing when there are more.
std::optional<std::vector<std::string>> few_ids(query& rows) {
  std::vector<std::string> ids;
  while (rows.step()) {
    ids.emplace_back(rows.text(0));
  }
  if (std::cmp_greater_equal(ids.size(), few)) {
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
  query rows(on, "SELECT consent_id FROM journal WHERE sequence >= ? LIMIT ?", first, few);
  return few_ids(rows);
}

std::optional<std::vector<std::string>> soon_expired(connection& on, timestamp before) {
  query rows(on, "SELECT id FROM consents WHERE expiry < ? LIMIT ?", before, few);
  return few_ids(rows);
}

bool meets(consent_record const& one, consent_filter const& filter) {
  auto const& state = one.state;
  return (!filter.status || state.status == filter.status) && (!filter.kind || state.kind == *filter.kind) &&
         (!filter.issuer || state.issuer == *filter.issuer) &&
         (!filter.base_consent_id || state.base_consent_id == filter.base_consent_id) &&
         (!filter.updated_after || one.updated > *filter.updated_after) &&
         (!filter.expires_before || (state.expiry && *state.expiry < *filter.expires_before));
}

// Reads a consent with its resource.
consent_record with_resource(query const& row) {
  auto made = read_consent(row);
  made.state.resource = row.text(consent_column_count);
  return made;
}

std::string selection() {
  return "SELECT " + std::string(consent_columns.view()) + ", d.json FROM consents AS c ";
}
constexpr char const* joined = " LEFT JOIN documents AS d ON d.id = c.document WHERE ";

std::vector<consent_record> list_by_ids(connection& on, std::vector<std::string> const& ids,
                                        consent_filter const& filter, std::string const& after, std::size_t limit) {
  std::vector<consent_record> found;
  for (auto at = std::upper_bound(ids.begin(), ids.end(), after); at != ids.end() && found.size() < limit; ++at) {
    auto one = find_consent(on, *at);
    if (one && meets(*one, filter)) {
      found.push_back(std::move(*one));
    }
  }
  return found;
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
  return with_resource(row);
}

standing find_standing(connection& on, worklist const& inbox, std::string const& id) {
  auto const issuer = issuer_of(on, id);
  // How far processing lags is asked before the state that is answered is read: an event that is settled in between is
  // in that state, and one that was not is in the backlog. The other way round it could be in neither.
  standing made;
  made.backlog = inbox.backlog(issuer);
  if (auto known = load_consent(on, id)) {
    made.consent = std::move(known->record);
  }
  return made;
}

std::vector<consent_record> list_consents(connection& on, consent_filter const& filter, std::string const& after,
                                          std::size_t limit) {
  snapshot const now(on);
  auto const paths = paths_of(on, filter, after);
  auto const best =
      std::min_element(paths.begin(), paths.end(), [](path const& a, path const& b) { return a.rows < b.rows; });
  if (best == paths.end() || best->rows >= few) {
    auto ids = filter.updated_after ? changed_lately(on, *filter.updated_after) : std::nullopt;
    if (!ids && filter.expires_before) {
      ids = soon_expired(on, *filter.expires_before);
    }
    if (ids) {
      return list_by_ids(on, *ids, filter, after, limit);
    }
  }
  auto const asked = conditions_of(filter, after);
  auto const hint = best != paths.end() ? best->hint : std::string("NOT INDEXED"); // along the primary key
  auto const statement = on.prepare(selection() + hint + joined + asked.text + " ORDER BY c.id LIMIT ?");
  query rows(on, statement.get());
  for (auto const& put : asked.values) {
    put(rows);
  }
  rows.put(limit);
  std::vector<consent_record> found;
  while (rows.step()) {
    found.push_back(with_resource(rows));
  }
  return found;
}

} // namespace consentd::store::sqlite
