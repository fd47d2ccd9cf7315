#include "base/reason.hpp"
#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/terminal.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace consentd::consentctl {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> dispositions{{
    {"duplicate", "It had come before, so it moved nothing."},
    {"stale", "What is known is newer, so it moved nothing."},
    {"updated", "It says the same status anew, with another time or resource, which is kept."},
    {"refused",
     "What it is about has ended, and nothing leads out of that: it moved nothing. Ask the institution what is true."},
    {"late",
     "It tells of an end that is older than what was known. An end is final, so it counts; clocks differ somewhere."},
    {"applied", "It moved the status."},
    {"gap", "It moved the status, although an event in between is missing, or this kind should not have that status."},
    {"deleted", "It says that the resource was deleted. A consent that is deleted is never usable again."},
}};

std::string meaning_of_disposition(std::string_view name) {
  for (auto const& [known, sentence] : dispositions) {
    if (known == name) {
      return std::string(sentence);
    }
  }
  return "It is of a family that this daemon does not know: it was passed on to the subscribers, and moved nothing.";
}

std::string said(json::value const& object, std::string_view name) {
  return printable(text_of(object, name));
}

bool has(json::value const& object, std::string_view name) {
  return text_of(object, name) != "-";
}

std::string keys_of(json::value const& delivery) {
  std::string text;
  if (has(delivery, "jweKid")) {
    text += "It was opened with our key " + said(delivery, "jweKid") + ". ";
  }
  if (has(delivery, "jwsKid")) {
    text += "It says that " + said(delivery, "issuer") + " signed it with the key " + said(delivery, "jwsKid") + ". ";
  }
  return text;
}

std::string why_not(json::value const& delivery) {
  auto const name = text_of(delivery, "reason");
  auto const why = parse_reason(name);
  auto text = printable(why ? meaning(*why) : std::string_view("a reason of a newer daemon")) + " (" + printable(name);
  text += has(delivery, "detail") ? ": " + said(delivery, "detail") + ")." : ").";
  return text;
}

std::string what_to_do(json::value const& delivery) {
  auto const why = parse_reason(text_of(delivery, "reason"));
  auto const id = said(delivery, "deliveryId");
  return why && is_final(*why) ? " No retry can change that."
                               : " Once the cause is mended: consentctl quarantine retry " + id + ".";
}

std::string story_of_decided(json::value const& delivery) {
  auto text = keys_of(delivery);
  text += has(delivery, "consentId") ? "It is about the consent " + said(delivery, "consentId") + ". " : std::string();
  text += meaning_of_disposition(text_of(delivery, "disposition"));
  text += " It is the entry " + said(delivery, "place") + " of the journal.";
  if (has(delivery, "consentId")) {
    text += " What it moved: consentctl consents history " + said(delivery, "consentId") + ".";
  }
  return text;
}

// What has become of it, in sentences.
std::string story_of(json::value const& delivery) {
  auto const state = text_of(delivery, "state");
  if (has(delivery, "repeatsDeliveryId")) {
    return "It repeats the delivery " + said(delivery, "repeatsDeliveryId") + ", which goes on for both.";
  }
  if (state == "pending") {
    return "It is on disk, and waits to be opened.";
  }
  if (state == "waiting-for-consent") {
    return "Its signature holds. It waits until a service announces the consent " + said(delivery, "waitsFor") +
           ": consentctl consents announce " + said(delivery, "waitsFor") + " --kind … --issuer ….";
  }
  if (state == "waiting-for-keys") {
    return "It waits for keys of " + said(delivery, "waitsFor") +
           ", which cannot be had right now; it goes on by itself when they come.";
  }
  if (state == "decided") {
    return story_of_decided(delivery);
  }
  auto const refused = keys_of(delivery) + "It was not accepted: " + why_not(delivery);
  return state == "dropped" ? refused + " It was taken out of quarantine, and its body is gone."
                            : refused + " It is in quarantine." + what_to_do(delivery);
}

std::string story(json::value const& delivery) {
  auto text = "Delivery " + said(delivery, "deliveryId") + " was received and acknowledged at " +
              said(delivery, "receivedAt") + ". " + story_of(delivery);
  if (has(delivery, "finishedAt")) {
    text += " That was settled at " + said(delivery, "finishedAt");
    auto const attempts = text_of(delivery, "attempts");
    text += attempts == "1" ? "." : ", after " + printable(attempts) + " attempts.";
  }
  return text + "\n";
}

shown show_stories(json::value const& body) {
  std::string text;
  for_each(body, "deliveries", [&](json::value const& one) { text += (text.empty() ? "" : "\n") + story(one); });
  if (text.empty()) {
    return {{},
            "no delivery of this interaction id was acknowledged: it was refused at once, which the log tells, or it "
            "never came",
            exit_failed};
  }
  return {text};
}

} // namespace

void add_explain(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("explain", "What became of a delivery, in plain words");
  auto interaction = std::make_shared<std::string>();
  command->add_option("interaction-id", *interaction, "Its x-fapi-interaction-id")->required();
  command->callback([&run, &with, interaction] {
    run = [&with, interaction] {
      return get(with, client::make_target("/v1/deliveries", {{"interaction_id", *interaction}}), show_stories);
    };
  });
}

} // namespace consentd::consentctl
