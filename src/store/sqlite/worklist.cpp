#include "store/sqlite/worklist.hpp"

#include <algorithm>
#include <utility>

namespace consentd::store::sqlite {

void worklist::start(std::vector<ready_delivery> pending, by_issuer const& waiting_for_keys,
                     by_issuer const& kept_for_keys) {
  std::lock_guard const lock(mutex_);
  left_behind_ = static_cast<std::size_t>(
      std::count_if(pending.begin(), pending.end(), [](ready_delivery const& one) { return one.left_behind; }));
  for (auto const& one : pending) {
    receipts_.insert(one.received);
  }
  ready_ = decltype(ready_)(std::greater<>{}, std::move(pending));
  waiting_for_keys_ = waiting_for_keys;
  kept_for_keys_ = kept_for_keys;
}

result<std::vector<std::int64_t>> worklist::pick(std::size_t at_most) {
  std::lock_guard const lock(mutex_);
  if (left_behind_ > 0) {
    at_most = in_hand_.empty() ? std::min<std::size_t>(at_most, 1) : 0;
  }
  std::vector<std::int64_t> picked;
  while (picked.size() < at_most && !ready_.empty()) {
    auto const next = ready_.top();
    auto const slot = free_slot();
    if (!marks_.put(slot, next.id)) {
      free_slots_.push_back(slot);
      if (!picked.empty()) {
        return picked; // these are marked; the next call meets the failure
      }
      return failure{reason::storage, "deliveries cannot be marked as in hand"};
    }
    ready_.pop();
    in_hand_.emplace(next.id, held{slot, next.received, next.left_behind});
    picked.push_back(next.id);
  }
  return picked;
}

void worklist::put_back(std::vector<std::int64_t> const& deliveries) {
  std::lock_guard const lock(mutex_);
  for (auto const id : deliveries) {
    auto const found = in_hand_.find(id);
    if (found == in_hand_.end()) {
      continue;
    }
    ready_.push({id, found->second.received, found->second.left_behind});
    let_go(found);
  }
}

void worklist::apply(std::vector<inbox_change> const& changes) {
  std::lock_guard const lock(mutex_);
  for (auto const& change : changes) {
    apply_one(change);
  }
}

void worklist::apply_one(inbox_change const& change) {
  switch (change.kind) {
  case inbox_change::what::ready:
    ready_.push(change.delivery);
    receipts_.insert(change.delivery.received);
    break;
  case inbox_change::what::left_hand:
    if (auto const found = in_hand_.find(change.delivery.id); found != in_hand_.end()) {
      left_behind_ -= found->second.left_behind ? 1U : 0U;
      receipts_.erase(receipts_.find(found->second.received));
      let_go(found);
    }
    break;
  case inbox_change::what::waits_for_keys:
    ++waiting_for_keys_[change.issuer];
    break;
  case inbox_change::what::keys_arrived:
    waiting_for_keys_.erase(change.issuer);
    break;
  case inbox_change::what::kept_for_keys:
    ++kept_for_keys_[change.issuer];
    break;
  case inbox_change::what::left_keyless:
    if (auto const found = kept_for_keys_.find(change.issuer); found != kept_for_keys_.end() && --found->second == 0) {
      kept_for_keys_.erase(found);
    }
    break;
  }
}

consent::backlog worklist::backlog(std::string_view issuer) const {
  std::lock_guard const lock(mutex_);
  return {oldest(), waiting_for_keys_.contains(issuer) || kept_for_keys_.contains(issuer)};
}

bool worklist::keeps_for_keys(std::string_view issuer) const {
  std::lock_guard const lock(mutex_);
  return kept_for_keys_.contains(issuer);
}

std::optional<timestamp> worklist::oldest_pending() const {
  std::lock_guard const lock(mutex_);
  return oldest();
}

std::size_t worklist::free_slot() {
  if (free_slots_.empty()) {
    return slots_++;
  }
  auto const slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

void worklist::let_go(std::map<std::int64_t, held>::iterator of) {
  // A mark that cannot be erased blames a delivery that is gone, which the next start finds out.
  static_cast<void>(marks_.put(of->second.slot, 0));
  free_slots_.push_back(of->second.slot);
  in_hand_.erase(of);
}

std::optional<timestamp> worklist::oldest() const {
  return receipts_.empty() ? std::nullopt : std::optional(*receipts_.begin());
}

} // namespace consentd::store::sqlite
