#include "events/permissions.hpp"

#include "events/members.hpp"

#include <string>
#include <utility>
#include <vector>

namespace consentd::events {
namespace {

// Calls `look` with each entry of a list, and with each entry of a list that is one.
template <class Look>
void for_each_entry(json::value const& list, Look look) {
  for (auto i = list.first(); i; i = i->next()) {
    auto const entry = i->get();
    if (!entry.is_array()) {
      look(entry);
      continue;
    }
    for (auto inner = entry.first(); inner; inner = inner->next()) {
      look(inner->get());
    }
  }
}

void look_at(json::value const& permission, permission_shape& seen) noexcept {
  if (auto const code = permission.string()) {
    seen.codes = true;
    // One is enough: the codes beside it (customer details and the like) have no prefix, and no account-access code has
    // it.
    if (code->starts_with("ReadMotorInsurance") || code->starts_with("ReadInsurance")) {
      seen.insurance_codes = true;
    }
  } else if (member(permission, "InsuranceType")) {
    seen.insurance_types = true;
  } else {
    seen.others = true;
  }
}

// The codes met so far. A list can be far longer than any set may be, so no more texts are copied than tell that it is.
class collector {
public:
  void add(std::string code) {
    if (codes_.size() < bound) {
      codes_.push_back(std::move(code));
    } else {
      readable_ = false;
    }
  }
  void give_up() noexcept { readable_ = false; }

  std::optional<consent::permission_set> finish() && {
    return readable_ ? consent::permission_set::of(std::move(codes_)) : std::nullopt;
  }

private:
  // Twice as many as may remain: a code may be there more than once.
  static constexpr std::size_t bound = 2 * consent::permission_set::most;
  std::vector<std::string> codes_;
  bool readable_ = true;
};

void collect_of_type(json::value const& entry, collector& found) {
  auto const type = entry.find_string("InsuranceType");
  if (!type || type->size() > consent::permission_set::longest) {
    found.give_up();
    return;
  }
  auto const inner = member(entry, "Permissions");
  if (!inner) {
    found.add(std::string(*type));
    return;
  }
  if (!inner->is_array()) {
    found.give_up();
    return;
  }
  for_each_entry(*inner, [&](json::value const& code) {
    auto const text = code.string();
    if (text && text->size() <= consent::permission_set::longest) {
      found.add(std::string(*type) + "/" + std::string(*text));
    } else {
      found.give_up();
    }
  });
}

} // namespace

permission_shape look_through(json::value const& permissions) noexcept {
  permission_shape seen;
  for_each_entry(permissions, [&](json::value const& entry) { look_at(entry, seen); });
  return seen;
}

std::optional<consent::permission_set> read_permissions(json::value const& permissions) {
  if (!permissions.is_array()) {
    return std::nullopt;
  }
  collector found;
  for_each_entry(permissions, [&](json::value const& entry) {
    if (auto const text = entry.string()) {
      text->size() <= consent::permission_set::longest ? found.add(std::string(*text)) : found.give_up();
    } else {
      collect_of_type(entry, found);
    }
  });
  return std::move(found).finish();
}

} // namespace consentd::events
