// How many of something each issuer has.
#ifndef CONSENTD_STORE_SQLITE_ISSUER_COUNTS_HPP
#define CONSENTD_STORE_SQLITE_ISSUER_COUNTS_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace consentd::store::sqlite {

// Issuers without any are not in it.
using by_issuer = std::map<std::string, std::uint64_t, std::less<>>;

// The same, for what is copied with every write and changes with hardly any: copies share one map until one of them
// changes. A copy and its original may be used on different threads.
class issuer_counts {
public:
  explicit issuer_counts(by_issuer of = {}) : shared_(std::make_shared<by_issuer const>(std::move(of))) {}

  std::uint64_t of(std::string_view issuer) const {
    auto const found = shared_->find(issuer);
    return found == shared_->end() ? 0 : found->second;
  }
  void add_one(std::string_view issuer) {
    auto mine = *shared_;
    ++mine[std::string(issuer)];
    shared_ = std::make_shared<by_issuer const>(std::move(mine));
  }
  void remove(std::string_view issuer) {
    auto mine = *shared_;
    mine.erase(std::string(issuer));
    shared_ = std::make_shared<by_issuer const>(std::move(mine));
  }
  by_issuer const& all() const noexcept { return *shared_; }

  friend bool operator==(issuer_counts const& a, issuer_counts const& b) {
    return a.shared_ == b.shared_ || *a.shared_ == *b.shared_;
  }

private:
  std::shared_ptr<by_issuer const> shared_;
};

} // namespace consentd::store::sqlite

#endif
