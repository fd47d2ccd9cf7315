// Writing JSON: always well-formed, always UTF-8.
#ifndef CONSENTD_JSON_WRITER_HPP
#define CONSENTD_JSON_WRITER_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace consentd::json {

// Builds one JSON text, compact. The caller opens and closes objects and arrays in order and gives a name before each
// member; all else, and a text taken before everything is closed, is a programming error (std::logic_error). Bytes that
// are not UTF-8 are written as U+FFFD. One owner, one thread.
class writer {
public:
  writer();
  ~writer();
  writer(writer const&) = delete;
  writer& operator=(writer const&) = delete;

  writer& begin_object();
  writer& end_object();
  writer& begin_array();
  writer& end_array();
  writer& name(std::string_view text);
  writer& string(std::string_view text);
  writer& integer(std::int64_t number);
  // Infinities and NaN, which JSON lacks, become null.
  writer& number(double number);
  writer& boolean(bool truth);
  writer& null();
  // A JSON text that was checked by document::parse (a slice of one, value::raw()), put in as it is.
  writer& raw(std::string_view checked);

  // name() and string() in one.
  writer& member(std::string_view name, std::string_view text) { return this->name(name).string(text); }

  // The finished text; the writer is empty again.
  std::string take();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace consentd::json

#endif
