#include "store/sqlite/connection.hpp"

#include <sqlite3.h>

#include <utility>

namespace consentd::store::sqlite {

bool database_error::concerns_one_row() const noexcept {
  int const primary = code_ & 0xff;
  return primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG || primary == SQLITE_MISMATCH ||
         primary == SQLITE_RANGE;
}

bool database_error::is_io() const noexcept {
  int const primary = code_ & 0xff;
  return primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ||
         primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY;
}

bool database_error::is_full() const noexcept {
  return (code_ & 0xff) == SQLITE_FULL;
}

std::string database_error::advice() const {
  switch (code_ & 0xff) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return "is in use by another program: end it";
  case SQLITE_READONLY:
  case SQLITE_CANTOPEN:
    return std::string("cannot be opened for writing (") + what() +
           "): check the permissions of the file and its folder";
  case SQLITE_FULL:
    return "there is no room on its file system: make room";
  case SQLITE_CORRUPT:
    return "is damaged: restore a backup";
  case SQLITE_NOTADB:
    return "is not a database: choose another file";
  default:
    return std::string("cannot be opened: ") + what();
  }
}

void finalizer::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

void connection::closer::operator()(sqlite3* handle) const noexcept {
  sqlite3_close_v2(handle);
}

connection::connection(std::string const& path, access how) {
  // One thread at a time uses a connection, so its own mutex would only cost.
  int const flags = (how == access::read_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  sqlite3* opened = nullptr;
  int const code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  handle_.reset(opened);
  if (code != SQLITE_OK) {
    fail(code);
  }
}

void connection::execute(std::string const& statements) {
  int const code = sqlite3_exec(handle_.get(), statements.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    fail(code);
  }
}

sqlite3_stmt* connection::prepared(sql text) {
  auto& kept = statements_[text.text()];
  if (!kept) {
    kept = prepare(text.text());
  }
  return kept.get();
}

statement_handle connection::prepare(std::string_view text) {
  sqlite3_stmt* made = nullptr;
  int const code = sqlite3_prepare_v3(handle_.get(), text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  statement_handle owned(made);
  if (code != SQLITE_OK) {
    fail(code);
  }
  return owned;
}

std::int64_t connection::last_id() const noexcept {
  return sqlite3_last_insert_rowid(handle_.get());
}

std::int64_t connection::changed() const noexcept {
  return sqlite3_changes64(handle_.get());
}

std::int64_t connection::total_changes() const noexcept {
  return sqlite3_total_changes64(handle_.get());
}

bool connection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

void connection::fail(int code) const {
  // SQLite's messages name tables and columns, never values. Without a handle there was no memory for one.
  throw database_error(code, handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code));
}

query::~query() {
  sqlite3_reset(statement_);
}

void query::check(int code) const {
  if (code != SQLITE_OK) {
    on_.fail(code);
  }
}

void query::put_integer(std::int64_t value) {
  check(sqlite3_bind_int64(statement_, ++bound_, value));
}

void query::put(std::string_view text) {
  // A view without an address would be bound as NULL.
  char const* const at = text.data() != nullptr ? text.data() : "";
  check(sqlite3_bind_text64(statement_, ++bound_, at, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void query::put(blob bytes) {
  char const* const at = bytes.bytes.data() != nullptr ? bytes.bytes.data() : "";
  check(sqlite3_bind_blob64(statement_, ++bound_, at, bytes.bytes.size(), SQLITE_STATIC));
}

void query::put(std::nullopt_t) {
  check(sqlite3_bind_null(statement_, ++bound_));
}

bool query::step() {
  int const code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code != SQLITE_DONE) {
    on_.fail(code);
  }
  return false;
}

void query::run() {
  while (step()) {
  }
}

bool query::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t query::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_, column);
}

std::string_view query::text(int column) const noexcept {
  auto const* const at = sqlite3_column_text(statement_, column);
  if (at == nullptr) {
    return {};
  }
  return {reinterpret_cast<char const*>(at), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view query::bytes(int column) const noexcept {
  void const* const at = sqlite3_column_blob(statement_, column);
  if (at == nullptr) {
    return {};
  }
  return {static_cast<char const*>(at), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

timestamp query::time(int column) const noexcept {
  return timestamp(std::chrono::microseconds(integer(column)));
}

std::optional<std::int64_t> query::maybe_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<std::string> query::maybe_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(std::string(text(column)));
}

std::optional<timestamp> query::maybe_time(int column) const {
  return is_null(column) ? std::nullopt : std::optional(time(column));
}

snapshot::snapshot(connection& on) : on_(on) {
  run(on_, "BEGIN");
}

snapshot::~snapshot() {
  try {
    run(on_, "COMMIT");
  } catch (database_error const&) {
    // Nothing was written, and an error that ended the transaction has done what was wanted.
  }
}

} // namespace consentd::store::sqlite
