#include "hub/key_history.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace consentd::hub {
namespace {

failure no_such_key() {
  return {reason::unknown_signing_key, "the key set has no usable key of that kid"};
}

} // namespace

void key_history::pin(std::shared_ptr<jose::jwk_set const> set) {
  pinned_ = std::move(set);
}

result<bool> key_history::take(std::string document, timestamp at) {
  auto const content = sha256(document);
  if (!eras_.empty() && eras_.back().content == content) {
    auto& newest = eras_.back().published;
    newest.confirmed = std::max(newest.confirmed, at);
    return false;
  }
  auto parsed = jose::jwk_set::parse(document, terms_.max_keys);
  if (!parsed) {
    return parsed.error();
  }
  // The clock may have been set back; the order in which sets came is what counts.
  auto const since = eras_.empty() ? at : std::max(at, eras_.back().published.confirmed);
  add({{std::move(document), since, since}, std::make_shared<jose::jwk_set const>(std::move(*parsed)), content});
  return true;
}

void key_history::restore(std::vector<published_set> const& sets) {
  for (auto const& kept : sets) {
    if (auto parsed = jose::jwk_set::parse(kept.document, terms_.max_keys)) {
      add({kept, std::make_shared<jose::jwk_set const>(std::move(*parsed)), sha256(kept.document)});
    }
  }
}

void key_history::add(era made) {
  eras_.push_back(std::move(made));
  if (eras_.size() > terms_.kept) {
    eras_.pop_front();
  }
}

result<std::shared_ptr<jose::verification_key const>> key_history::find(std::string_view kid,
                                                                        timestamp received) const {
  if (is_distrusted(kid)) {
    return failure{reason::unknown_signing_key, "that kid is distrusted by the configuration"};
  }
  if (pinned_) {
    auto key = pinned_->find(kid);
    return key ? result<std::shared_ptr<jose::verification_key const>>(std::move(key)) : no_such_key();
  }
  // From the set in force at receipt onwards: a key that was published a little after the event was sent is as good,
  // one that was withdrawn before is not.
  auto const later =
      std::find_if(eras_.begin(), eras_.end(), [received](era const& one) { return one.published.since > received; });
  auto from = later == eras_.begin() ? later : std::prev(later);
  if (from != eras_.end() && from->published.since <= received &&
      received > from->published.confirmed + terms_.in_force) {
    ++from; // too old by then
  }
  if (from == eras_.end()) {
    return failure{reason::keys_unavailable, "no key set is in force"};
  }
  for (auto each = from; each != eras_.end(); ++each) {
    if (auto key = each->set->find(kid)) {
      return key;
    }
  }
  if (eras_.back().published.confirmed < received) {
    return failure{reason::keys_unavailable,
                   "the key set in force has no key of that kid, and is older than the token"};
  }
  return no_such_key();
}

bool key_history::in_force(timestamp at) const noexcept {
  return pinned_ || (!eras_.empty() && at <= eras_.back().published.confirmed + terms_.in_force);
}

std::size_t key_history::keys() const noexcept {
  return pinned_ ? pinned_->size() : eras_.empty() ? 0 : eras_.back().set->size();
}

std::vector<std::string> key_history::kids() const {
  return pinned_ ? pinned_->kids() : eras_.empty() ? std::vector<std::string>() : eras_.back().set->kids();
}

std::vector<published_set> key_history::published() const {
  std::vector<published_set> sets;
  std::transform(eras_.begin(), eras_.end(), std::back_inserter(sets), [](era const& one) { return one.published; });
  return sets;
}

std::optional<timestamp> key_history::confirmed() const noexcept {
  return eras_.empty() ? std::nullopt : std::optional(eras_.back().published.confirmed);
}

published_set const* key_history::newest() const noexcept {
  return eras_.empty() ? nullptr : &eras_.back().published;
}

std::vector<jose::jwk_set::skipped_key> key_history::skipped() const {
  return eras_.empty() ? std::vector<jose::jwk_set::skipped_key>() : eras_.back().set->skipped();
}

bool key_history::is_distrusted(std::string_view kid) const noexcept {
  return std::find(terms_.distrusted.begin(), terms_.distrusted.end(), kid) != terms_.distrusted.end();
}

} // namespace consentd::hub
