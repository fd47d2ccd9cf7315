// SQLite in C++: a connection with its prepared statements, and one use of a statement.
#ifndef CONSENTD_STORE_SQLITE_CONNECTION_HPP
#define CONSENTD_STORE_SQLITE_CONNECTION_HPP

#include "base/digest.hpp"
#include "base/time.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace consentd::store::sqlite {

// The database itself failed (full, I/O error, memory, a rule of the schema). It ends the operation that met it, from
// any depth, so inside this folder it travels as an exception, up to the writer or the reader pool, which make
// `storage` of it.
class database_error : public std::runtime_error {
public:
  // `code` is an extended result code of SQLite.
  database_error(int code, std::string const& what) : std::runtime_error(what), code_(code) {}
  int code() const noexcept { return code_; }
  // The row was refused by a constraint or a bound: the database is well, and so is the rest of the transaction.
  bool concerns_one_row() const noexcept;
  // Pages may be in the cache only, or not be what was written.
  bool is_io() const noexcept;
  bool is_full() const noexcept;
  // For the operator whose daemon does not start: what it means and what to do.
  std::string advice() const;

private:
  int code_;
};

// SQL known when the program is compiled: its address names the prepared statement.
class sql {
public:
  consteval sql(char const* text) noexcept : text_(text) {} // NOLINT(google-explicit-constructor)
  char const* text() const noexcept { return text_; }

private:
  char const* text_;
};

// Bytes for a BLOB column.
struct blob {
  std::string_view bytes;
};

inline blob as_blob(digest const& value) noexcept {
  return {as_bytes(value)};
}

struct finalizer {
  void operator()(sqlite3_stmt* statement) const noexcept;
};
using statement_handle = std::unique_ptr<sqlite3_stmt, finalizer>;

enum class access : std::uint8_t { read_write, read_only };

// One connection. Used by one thread at a time.
class connection {
public:
  // An existing file. Throws database_error.
  connection(std::string const& path, access how);

  // Runs it to its end, ignoring rows; for pragmas and schema.
  void execute(std::string const& statements);
  // Compiled at the first use, kept as long as the connection.
  sqlite3_stmt* prepared(sql text);
  statement_handle prepare(std::string_view text);

  std::int64_t last_id() const noexcept;
  // Rows that the statement before inserted, changed or deleted.
  std::int64_t changed() const noexcept;
  // Rows inserted, changed or deleted since the connection was opened, those rolled back included.
  std::int64_t total_changes() const noexcept;
  bool in_transaction() const noexcept;
  sqlite3* handle() const noexcept { return handle_.get(); }

  [[noreturn]] void fail(int code) const;

private:
  struct closer {
    void operator()(sqlite3* handle) const noexcept;
  };
  std::unique_ptr<sqlite3, closer> handle_;
  std::unordered_map<char const*, statement_handle> statements_; // after handle_: finalized before it closes
};

// One use of a statement: bound on construction, reset at its end. Bound text and bytes are not copied: they must
// outlive it, so temporaries are refused.
class query {
public:
  template <class... Values>
  query(connection& on, sql text, Values&&... values) : query(on, on.prepared(text)) {
    put_all(std::forward<Values>(values)...);
  }
  // A statement that the caller keeps.
  query(connection& on, sqlite3_stmt* statement) noexcept : on_(on), statement_(statement) {}
  query(query const&) = delete;
  query& operator=(query const&) = delete;
  ~query();

  // Each call binds the next parameter.
  template <std::integral Integer>
  void put(Integer value) {
    put_integer(static_cast<std::int64_t>(value));
  }
  void put(std::string_view text);
  void put(std::string&& text) = delete;
  void put(char const* text) = delete;
  void put(blob bytes);
  void put(timestamp when) { put_integer(when.time_since_epoch().count()); }
  void put(std::nullopt_t);
  template <class Value>
  void put(std::optional<Value> const& value) {
    if (value) {
      put(*value);
    } else {
      put(std::nullopt);
    }
  }

  // To the next row; false when there is none.
  bool step();
  // To the end.
  void run();

  bool is_null(int column) const noexcept;
  std::int64_t integer(int column) const noexcept;
  // Valid until the next step.
  std::string_view text(int column) const noexcept;
  std::string_view bytes(int column) const noexcept;
  timestamp time(int column) const noexcept;
  std::optional<std::int64_t> maybe_integer(int column) const;
  std::optional<std::string> maybe_text(int column) const;
  std::optional<timestamp> maybe_time(int column) const;

private:
  template <class... Values>
  void put_all(Values&&... values) {
    (put(std::forward<Values>(values)), ...);
  }
  void put_integer(std::int64_t value);
  void check(int code) const;

  connection& on_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

// Runs one statement to its end.
template <class... Values>
void run(connection& on, sql text, Values&&... values) {
  query(on, text, std::forward<Values>(values)...).run();
}

// A read transaction: everything read within it is of one moment. Short: it pins the WAL.
class snapshot {
public:
  explicit snapshot(connection& on);
  snapshot(snapshot const&) = delete;
  snapshot& operator=(snapshot const&) = delete;
  ~snapshot();

private:
  connection& on_;
};

} // namespace consentd::store::sqlite

#endif
