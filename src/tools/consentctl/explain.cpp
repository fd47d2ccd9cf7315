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

// A sentence a line.
class story {
public:
  void say(std::string const& sentence) { text_ += sentence + "\n"; }
  std::string take() { return std::move(text_); }

private:
  std::string text_;
};

// For the end of a sentence: what the daemon says may end in a full stop of its own.
std::string without_stop(std::string text) {
  text.erase(text.find_last_not_of('.') + 1);
  return text;
}

void tell_keys(json::value const& delivery, story& out) {
  if (has(delivery, "jweKid")) {
    out.say("It was opened with our key " + said(delivery, "jweKid") + ".");
  }
  if (has(delivery, "jwsKid")) {
    out.say("It says that " + said(delivery, "issuer") + " signed it with the key " + said(delivery, "jwsKid") + ".");
  }
}

void tell_when(json::value const& delivery, story& out) {
  if (!has(delivery, "finishedAt")) {
    return;
  }
  auto const attempts = text_of(delivery, "attempts");
  out.say("It was judged at " + said(delivery, "finishedAt") +
          (attempts == "1" ? "." : ", the last of " + printable(attempts) + " times."));
}

void tell_decided(json::value const& delivery, story& out) {
  tell_keys(delivery, out);
  if (has(delivery, "consentId")) {
    out.say("It is about the consent " + said(delivery, "consentId") + ".");
  }
  out.say(meaning_of_disposition(text_of(delivery, "disposition")));
  out.say("It is the entry " + said(delivery, "place") + " of the journal.");
  tell_when(delivery, out);
  if (has(delivery, "consentId")) {
    out.say("What came before and after it: consentctl consents history " + said(delivery, "consentId"));
  }
}

void tell_refused(json::value const& delivery, story& out) {
  auto const why = parse_reason(text_of(delivery, "reason"));
  auto const id = said(delivery, "deliveryId");
  tell_keys(delivery, out);
  out.say("It was not accepted: " + said(delivery, "reason") +
          (has(delivery, "detail") ? ", " + without_stop(said(delivery, "detail")) : std::string()) + ".");
  out.say(why ? std::string(meaning(*why)) : "That is a reason of a newer daemon.");
  tell_when(delivery, out);
  if (text_of(delivery, "state") == "dropped") {
    out.say("It was taken out of quarantine since, and its body is gone.");
    out.say("Who had that done: consentctl operations list --subject " + id);
    return;
  }
  out.say("It is in quarantine.");
  out.say(why && is_final(*why) ? "No retry can change that."
                                : "Once the cause is mended: consentctl quarantine retry " + id);
}

void tell_outcome(json::value const& delivery, story& out) {
  auto const state = text_of(delivery, "state");
  if (has(delivery, "repeatsDeliveryId")) {
    out.say("It repeats the delivery " + said(delivery, "repeatsDeliveryId") + ", which goes on for both.");
  } else if (state == "pending") {
    out.say("It is on disk, and waits to be opened.");
  } else if (state == "waiting-for-consent") {
    out.say("Its signature holds.");
    out.say("It waits until a service announces the consent " + said(delivery, "waitsFor") +
            ": consentctl consents announce " + said(delivery, "waitsFor") + " --kind … --issuer …");
  } else if (state == "waiting-for-keys") {
    out.say("It waits for keys of " + said(delivery, "waitsFor") +
            ", which cannot be had right now; it goes on by itself when they come.");
  } else if (state == "decided") {
    tell_decided(delivery, out);
  } else {
    tell_refused(delivery, out);
  }
}

// Whether it was acknowledged is not said: where answers wait for the outcome, what is refused was not.
std::string story_of(json::value const& delivery) {
  story out;
  out.say("Delivery " + said(delivery, "deliveryId") + " was received at " + said(delivery, "receivedAt") + ".");
  tell_outcome(delivery, out);
  return out.take();
}

shown show_stories(json::value const& body) {
  std::string text;
  for_each(body, "deliveries", [&](json::value const& one) { text += (text.empty() ? "" : "\n") + story_of(one); });
  if (text.empty()) {
    return {
        {},
        "no delivery of this interaction id was kept: it was refused at once, which the log tells, or it never came",
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
