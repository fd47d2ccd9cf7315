#include "tools/hubsim/other_resource.hpp"

namespace consentd::hubsim {
namespace {

std::string status_time(event_spec const& spec) {
  return spec.status_time_text.empty() ? format_date_time(spec.status_time) : spec.status_time_text;
}

void write_reject_reason(json::writer& out) {
  out.begin_object().member("Code", "AANI.AC04").member("Message", "The creditor's account is closed").end_object();
}

void write_payment_status(json::writer& out, event_spec const& spec) {
  out.member("PaymentId", spec.resource_id).member("ConsentId", spec.consent_id).member("Status", spec.status);
  out.member("StatusUpdateDateTime", status_time(spec));
  out.member("CreationDateTime", format_date_time(spec.created));
  if (spec.status == "Rejected") {
    // One object before v2.1, an array since (contract section 5).
    out.name("RejectReasonCode");
    if (spec.version == version::v2_1) {
      out.begin_array();
      write_reject_reason(out);
      out.end_array();
    } else {
      write_reject_reason(out);
    }
  }
  out.name("Instruction").begin_object().name("Amount").begin_object();
  out.member("Currency", "AED").member("Amount", "100.00").end_object().end_object();
  out.member("PaymentPurposeCode", "ACM");
}

void write_quote(json::writer& out, event_spec const& spec, std::string_view id_name) {
  out.member(id_name, spec.resource_id).member("QuoteStatus", spec.status);
  out.member("QuoteCreationDateTime", format_date_time(spec.created));
}

void write_account_opening(json::writer& out, event_spec const& spec) {
  out.member("AccountId", spec.resource_id).member("OpeningStatus", spec.status);
  out.member("OpeningStatusUpdateDateTime", status_time(spec));
}

} // namespace

void write_other_resource(json::writer& out, event_spec const& spec) {
  switch (spec.body_of.value_or(spec.family)) {
  case family::payment_status:
    write_payment_status(out, spec);
    break;
  case family::insurance_quote:
    write_quote(out, spec, "QuoteId");
    break;
  case family::fx_quote:
    write_quote(out, spec, "FxQuoteId");
    break;
  case family::account_opening:
    write_account_opening(out, spec);
    break;
  default:
    out.member("LoanId", spec.resource_id).member("LoanStatus", spec.status);
    break;
  }
}

} // namespace consentd::hubsim
